export interface Tally {
  readonly operations: number;
  /** One line for every wrong answer. */
  readonly wrong: readonly string[];
}
export function workload(connection: object, name: string, rounds: number): Promise<Tally>;
