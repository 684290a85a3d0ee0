import type { EntryExpiryStore } from '../../store/entry-expiry.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import type { Tombstones } from './tombstones.js';

/** Longer transactions would hold up enrolments. The embedded database has one session, so its transactions are shorter. */
const entriesAtOnce = { postgres: 2_000, embedded: 500 } as const;

export interface EntryExpiryParts {
  readonly store: Pick<EntryExpiryStore, 'expire'>;
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

  /** Returns the number of entries that expired. */
  async run(signal: AbortSignal): Promise<number> {
    const { store, embedded, tombstones, follower } = this.parts;
    const limit: number = embedded ? entriesAtOnce.embedded : entriesAtOnce.postgres;
    let expired = 0;
    for (let count = limit; count === limit && !signal.aborted; ) {
      count = await store.expire(limit, (uuid, hashes) => tombstones.seal(uuid, hashes));
      expired += count;
      if (count > 0) await follower.refresh().catch(() => {});
    }
    return expired;
  }
}
