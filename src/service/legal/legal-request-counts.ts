import type { LegalRequestCount, LegalRequestStore } from '../../store/legal-requests.js';

/** How many orders and notices are open, and overdue: asked for every few seconds, for the metric. */
export class LegalRequestCounts {
  /** Undefined: not asked yet. */
  last: LegalRequestCount | undefined;

  constructor(
    private readonly store: Pick<LegalRequestStore, 'counts'>,
    private readonly clock: () => number = Date.now,
  ) {}

  async count(): Promise<void> {
    this.last = await this.store.counts(this.clock());
  }
}
