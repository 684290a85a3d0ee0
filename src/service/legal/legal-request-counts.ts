import type { LegalRequestCount, LegalRequestStore } from '../../store/legal-requests.js';

export class LegalRequestCounts {
  last: LegalRequestCount | undefined;

  constructor(
    private readonly store: Pick<LegalRequestStore, 'counts'>,
    private readonly clock: () => number = Date.now,
  ) {}

  async count(): Promise<void> {
    this.last = await this.store.counts(this.clock());
  }
}
