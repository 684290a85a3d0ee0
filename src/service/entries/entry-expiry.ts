import type { EntryExpiryStore } from '../../store/entry-expiry.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { Tombstones } from './tombstones.js';

/** Longer transactions would hold up enrolments. The embedded database has one session. */
const pace = { postgres: { entriesAtOnce: 2_000, lanes: 2 }, embedded: { entriesAtOnce: 500, lanes: 1 } } as const;

export interface EntryExpiryParts {
  readonly store: Pick<EntryExpiryStore, 'expire' | 'expireClaims'>;
  readonly embedded: boolean;
  readonly tombstones: Pick<Tombstones, 'seal'>;
  readonly follower: Pick<ChangeFeedFollower, 'refresh'>;
}

/**
 * Withdraws entries at their `expiresAt`. They stay sealed and can be restored, but leave no marks: otherwise anyone who may enrol
 * could block content for ever.
 */
export class EntryExpiry {
  constructor(private readonly parts: EntryExpiryParts) {}

  /** Also ends claims on entries that go on matching for others. Returns the number of entries that expired. */
  async run(signal: AbortSignal): Promise<number> {
    const { store } = this.parts;
    const { entriesAtOnce, lanes } = this.parts.embedded ? pace.embedded : pace.postgres;
    const counts = await Promise.all(Array.from({ length: lanes }, () => this.expireIn(entriesAtOnce, signal)));
    const expired = counts.reduce((sum, count) => sum + count, 0);
    for (let count: number = entriesAtOnce; count === entriesAtOnce && !signal.aborted; )
      count = await store.expireClaims(entriesAtOnce);
    if (expired > 0) await this.parts.follower.refresh().catch(() => {});
    return expired;
  }

  private async expireIn(limit: number, signal: AbortSignal): Promise<number> {
    const { store, tombstones } = this.parts;
    let expired = 0;
    for (let count = limit; count === limit && !signal.aborted; expired += count) {
      count = await store.expire(limit, (uuid, hashes) => tombstones.seal(uuid, hashes));
    }
    return expired;
  }
}
