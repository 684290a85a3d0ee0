import type { PdqVariant } from '../../domain/hash.js';
import type { KeptQuery, RecentQueryStore } from '../../store/recent-queries.js';
import type { OrganisationCache } from '../accounts/organisation-cache.js';

/** A sample is enough. */
const maxPerSecond = 200;

/** Keeps PDQ hashes of queries for previews of new entries, if and for as long as the organisation chose. */
export class QueryRetention {
  private waiting: KeptQuery[] = [];

  constructor(
    private readonly store: RecentQueryStore,
    private readonly organisations: OrganisationCache,
  ) {}

  offer(organisation: string, pdq: readonly PdqVariant[]): void {
    const hours = this.organisations.get(organisation)?.queryHours ?? 0;
    const hex = pdq[0]?.value;
    if (hours === 0 || hex === undefined || this.waiting.length >= maxPerSecond) return;
    this.waiting.push({ organisation, hex, askedAt: new Date() });
  }

  async flush(): Promise<void> {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    await this.store.add(waiting);
  }
}
