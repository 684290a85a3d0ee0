import type { Pdq } from '../../domain/hash.js';

const maxKept = 256;
const shareKept = 1 / 16;

/**
 * A sample of the PDQ hashes that callers asked for, so that the recall audit asks what the world asks. In memory only: never stored,
 * never logged, each handed out once.
 */
export class QuerySample {
  private readonly kept: Pdq[] = [];

  constructor(private readonly random: () => number = Math.random) {}

  /** Keeps one hash of one query in 16; past 256 it takes another's place, so old ones fade away. */
  offer(queries: readonly { readonly value: Pdq }[]): void {
    if (queries.length === 0 || this.random() >= shareKept) return;
    const query = queries[this.below(queries.length)];
    if (query) this.kept[this.kept.length < maxKept ? this.kept.length : this.below(maxKept)] = query.value;
  }

  /** One of those kept, which is forgotten; undefined when there is none. */
  take(): Pdq | undefined {
    return this.kept.splice(this.below(this.kept.length), 1)[0];
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }
}
