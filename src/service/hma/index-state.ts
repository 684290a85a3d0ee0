import type { Caller } from '../../domain/key.js';
import type { HmaContentStore } from '../../store/hma-contents.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ChangeFeedFollower } from '../sync/change-feed-follower.js';
import { type SignalType, signalTypes } from './signals.js';
import { SlowCounts } from './slow-counts.js';

export interface IndexStateParts {
  readonly contents: Pick<HmaContentStore, 'countSignals'>;
  readonly listCache: Pick<ListCache, 'visibleTo' | 'rights' | 'versionFor'>;
  readonly follower: Pick<ChangeFeedFollower, 'ready' | 'assertUsable'>;
}

export interface SignalIndex {
  readonly size: number;
  /** Seconds since 1970 of the last change; -1: nothing is in it. */
  readonly builtTo: number;
}

const algorithmOf = { pdq: 'pdq', video_md5: 'md5' } as const satisfies Record<SignalType, string>;

/** What a client of HMA may know about the index. */
export class IndexState {
  private readonly counts = new SlowCounts();

  constructor(private readonly parts: IndexStateParts) {}

  /** The text that HMA answers in this state. */
  get health(): 'I-AM-ALIVE' | 'INDEX-NOT-LOADED' | 'INDEX-STALE' {
    const { follower } = this.parts;
    if (!follower.ready) return 'INDEX-NOT-LOADED';
    try {
      follower.assertUsable();
      return 'I-AM-ALIVE';
    } catch {
      return 'INDEX-STALE';
    }
  }

  /** Counts the lists that the organisation may match and read: nobody else may know how large a list is. */
  async of({ organisation }: Caller, types: readonly SignalType[] = signalTypes): Promise<ReadonlyMap<SignalType, SignalIndex>> {
    const { contents, listCache } = this.parts;
    const lists = listCache.visibleTo(organisation).flatMap(({ id, enabled }) => {
      const rights = listCache.rights(id, organisation);
      return enabled && rights.has('match') && rights.has('read') ? [id] : [];
    });
    const version = listCache.versionFor(organisation);
    const changedAt = Math.floor(Number(version) / 1_000);
    const indexes = new Map<SignalType, SignalIndex>();
    for (const type of types) {
      const what = `${lists.join(' ')} ${version}`;
      const size = await this.counts.of(`${organisation} ${type}`, what, () => contents.countSignals(lists, algorithmOf[type]));
      indexes.set(type, { size, builtTo: size === 0 ? -1 : changedAt });
    }
    return indexes;
  }
}
