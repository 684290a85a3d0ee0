import type { LegalRequestCount, LegalRequestStore } from '../../store/legal-requests.js';

/** Open and overdue orders and notices, for the metrics. */
export class LegalRequestCounts {
  /** Undefined before the first count. */
  last: LegalRequestCount | undefined;

  constructor(
    private readonly store: Pick<LegalRequestStore, 'counts'>,
    private readonly clock: () => number = Date.now,
  ) {}

  async count(): Promise<void> {
    this.last = await this.store.counts(this.clock());
  }
}
