import type { Pdq } from '../../domain/hash.js';

const maxKept = 256;
const shareOfQueries = 1 / 16;

/** A sample of callers' PDQ hashes for the recall check. Kept in memory only, never logged. */
export class QuerySample {
  private readonly kept: Pdq[] = [];

  constructor(private readonly random: () => number = Math.random) {}

  offer(queries: readonly { readonly value: Pdq }[]): void {
    if (queries.length === 0 || this.random() >= shareOfQueries) return;
    const query = queries[this.below(queries.length)];
    if (query) this.kept[this.kept.length < maxKept ? this.kept.length : this.below(maxKept)] = query.value;
  }

  take(): Pdq | undefined {
    return this.kept.splice(this.below(this.kept.length), 1)[0];
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}
