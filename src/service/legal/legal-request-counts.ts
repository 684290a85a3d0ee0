import type { Logger } from 'pino';
import type { LegalRequestCount, LegalRequestStore } from '../../store/legal-requests.js';
import { Periodic } from '../jobs/periodic.js';

/** Counted in advance: a scrape never waits for the database. */
const everyMs = 5_000;

export class LegalRequestCounts {
  last: LegalRequestCount | undefined;
  private readonly periodic: Periodic;

  constructor(
    private readonly store: Pick<LegalRequestStore, 'counts'>,
    log: Pick<Logger, 'warn'>,
    private readonly clock: () => number = Date.now,
  ) {
    this.periodic = new Periodic(
      everyMs,
      () => this.count(),
      (error) => log.warn({ err: error }, 'open orders and notices could not be counted; the metrics show the last counts'),
    );
  }

  start(): void {
    this.periodic.start();
  }

  async count(): Promise<void> {
    this.last = await this.store.counts(this.clock());
  }

  close(): Promise<void> {
    return this.periodic.close();
  }
}
