import type { PoolClient } from 'pg';

/** A statement that waits for its answer. */
export interface Flight {
  readonly client: PoolClient;
  readonly startedAt: number;
}

/** Statements that wait for an answer, by connection. */
export class Flights {
  private readonly waiting = new Set<Flight>();

  async run<Result>(client: PoolClient, ask: () => Promise<Result>): Promise<Result> {
    const flight = { client, startedAt: performance.now() };
    this.waiting.add(flight);
    try {
      return await ask();
    } finally {
      this.waiting.delete(flight);
    }
  }

  has(flight: Flight): boolean {
    return this.waiting.has(flight);
  }

  olderThan(ms: number): Flight[] {
    const before = performance.now() - ms;
    return [...this.waiting].filter(({ startedAt }) => startedAt < before);
  }
}
