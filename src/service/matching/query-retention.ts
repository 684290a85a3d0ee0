import type { Logger } from 'pino';
import type { PdqVariant } from '../../domain/hash.js';
import type { KeptQuery, RecentQueryStore } from '../../store/recent-queries.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';
import { Periodic } from '../jobs/periodic.js';

const everyMs = 1_000;
/** Queries kept a second at most: a sample tells as much, and the database has other things to do. */
const maxPerSecond = 200;

/** Keeps the PDQ hash of some queries of organisations that opted in, for as long as they said: what a preview of a new entry is asked of. */
export class QueryRetention {
  private waiting: KeptQuery[] = [];
  private readonly periodic: Periodic;

  constructor(
    private readonly store: RecentQueryStore,
    private readonly organisations: OrganisationCache,
    log: Logger,
  ) {
    this.periodic = new Periodic(
      everyMs,
      () => this.flush(),
      (error) => log.warn({ err: error }, 'recent queries could not be kept'),
    );
  }

  start(): void {
    this.periodic.start();
  }

  /** To be offered the hashes of every query; keeps the first, where the organisation wants that. */
  offer(organisation: string, pdq: readonly PdqVariant[]): void {
    const hours = this.organisations.get(organisation)?.queryHours ?? 0;
    const hex = pdq[0]?.value;
    if (hours === 0 || hex === undefined || this.waiting.length >= maxPerSecond) return;
    this.waiting.push({ organisation, hex, askedAt: new Date(), hours });
  }

  async flush(): Promise<void> {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    await this.store.add(waiting);
  }

  async close(): Promise<void> {
    await this.periodic.close();
    await this.flush().catch(() => {});
  }
}
