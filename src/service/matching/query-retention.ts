import type { PdqVariant } from '../../domain/hash.js';
import type { KeptQuery, RecentQueryStore } from '../../store/recent-queries.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';

/** Queries kept a second at most: a sample tells as much, and the database has other things to do. */
const maxPerSecond = 200;

/** Keeps the PDQ hash of some queries of organisations that opted in, for as long as they said: what a preview of a new entry is asked of. */
export class QueryRetention {
  private waiting: KeptQuery[] = [];

  constructor(
    private readonly store: RecentQueryStore,
    private readonly organisations: OrganisationCache,
  ) {}

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
}
