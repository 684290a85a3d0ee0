export interface Tally {
  readonly operations: number;
  /** One line for every answer that was not the asker's. */
  readonly wrong: readonly string[];
}
export function workload(connection: object, name: string, rounds: number): Promise<Tally>;
