import type { DataKey } from '../../domain/data-key.js';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller } from '../../domain/key.js';
import { appendAct } from '../../store/audit.js';
import type { ChangeStore } from '../../store/changes.js';
import type { Database } from '../../store/database.js';
import { type FeedChange, FeedStore, type PositionState } from '../../store/feed.js';
import type { KeyCache } from '../accounts/key-cache.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';
import { shortEpoch } from '../sync/index-version.js';
import { type FeedCursor, FeedCursors } from './feed-cursor.js';

export interface FeedParts {
  readonly database: Database;
  readonly changes: ChangeStore;
  readonly dataKey: DataKey;
  readonly listCache: ListCache;
  readonly keyCache: Pick<KeyCache, 'assertUsable'>;
  /** Changes that one statement looks at. */
  readonly walkRows?: number;
}

/** Entries that a reader does not have in their present state. */
export interface FeedPage {
  readonly full: boolean;
  /** Each entry once. */
  readonly changes: readonly FeedChange[];
  readonly next: FeedCursor;
  /** Nothing more is there now. */
  readonly drained: boolean;
}

/** Looking for changes of one list among those of others may take this long, and the statement under way. */
const searchMs = 1_000;
const noEntry = '00000000-0000-0000-0000-000000000000';

/** What every way out of a list has in common: rights, positions, and which entries come next. */
export class FeedReader {
  readonly store: FeedStore;
  readonly cursors: FeedCursors;

  constructor(private readonly parts: FeedParts) {
    this.store = new FeedStore(parts.database, parts.changes, parts.walkRows);
    this.cursors = new FeedCursors(parts.dataKey);
  }

  /** @throws VigieError `not_found`, `forbidden`, `unauthorized` for a key that ended meanwhile. */
  admit({ key, organisation }: Caller, list: string): void {
    this.parts.keyCache.assertUsable(key, Date.now());
    const rights = this.parts.listCache.rights(list, organisation);
    if (rights.size === 0) throw noSuchList(list);
    if (rights.has('export')) return;
    throw new VigieError('forbidden', `your organisation has no right to export entries of list "${list}"; ask its owner for it`);
  }

  /** Of a full reading. */
  async begin(caller: Caller, list: string): Promise<FeedCursor> {
    // Before the first entry is read: later changes come after the full reading.
    const { position, version } = await this.parts.changes.now();
    const state = await this.store.stateOf(list, position.snapshot);
    if (!state) throw noSuchList(list);
    const act = { actor: actorOf(caller), act: 'feed.read', subject: list, detail: { sequence: version } };
    await this.parts.database.transaction((tx) => appendAct(tx, act));
    const { people, organisations } = state.requirement;
    return {
      list,
      epoch: shortEpoch(position.epoch),
      snapshot: position.snapshot,
      requirement: `${people}/${organisations}`,
      sequence: version,
      full: '',
    };
  }

  /** @throws VigieError `not_found`, `feed_restart`. */
  async read(cursor: FeedCursor, limit: number): Promise<FeedPage> {
    const state = await this.store.stateOf(cursor.list, cursor.snapshot);
    if (!state) throw noSuchList(cursor.list);
    refuseGap(cursor, state);
    const { people, organisations } = state.requirement;
    if (cursor.requirement !== `${people}/${organisations}`) throw restart('the list now requires other confirmations');
    return cursor.full === undefined ? this.changed(cursor, limit) : this.standing(cursor, cursor.full, limit);
  }

  private async standing({ full: _, ...cursor }: FeedCursor, after: string, limit: number): Promise<FeedPage> {
    const uuids = await this.store.standing(cursor.list, after || noEntry, limit);
    const last = uuids.length < limit ? undefined : uuids.at(-1);
    return {
      full: true,
      changes: uuids.map((entry) => ({ entry, sequence: cursor.sequence })),
      next: last === undefined ? cursor : { ...cursor, full: last },
      drained: false,
    };
  }

  private async changed({ stretch: begun, ...cursor }: FeedCursor, limit: number): Promise<FeedPage> {
    const deadline = performance.now() + searchMs;
    let stretch = begun ?? (await this.store.stretchAfter(cursor.snapshot));
    const found: FeedChange[] = [];
    // The changes may be all of this list, or all of others.
    for (let rows = limit; ; rows *= 4) {
      const walk = await this.store.walk(cursor.list, cursor.snapshot, stretch, { rows, limit: limit - found.length });
      refuseGap(cursor, walk);
      found.push(...walk.changes);
      const changes = lastOfEach(found);
      const sequence = newest(cursor.sequence, found.at(-1)?.sequence);
      if (walk.reached === undefined) {
        // A stretch that an earlier page began ends where the list was then.
        return { full: false, changes, next: { ...cursor, snapshot: stretch.until, sequence }, drained: !begun };
      }
      stretch = { ...stretch, after: walk.reached };
      if (found.length >= limit || performance.now() > deadline) {
        return { full: false, changes, next: { ...cursor, sequence, stretch }, drained: false };
      }
    }
  }
}

/** An entry that changed several times is sent once, as it is now. */
function lastOfEach(changes: readonly FeedChange[]): FeedChange[] {
  const last = new Map<string, FeedChange>();
  for (const change of changes) {
    last.delete(change.entry);
    last.set(change.entry, change);
  }
  return [...last.values()];
}

/** A late commit brings older ids. */
function newest(known: string, id = '0'): string {
  return BigInt(id) > BigInt(known) ? id : known;
}

/** @throws VigieError `feed_restart`. */
function refuseGap({ epoch }: FeedCursor, state: PositionState): void {
  if (shortEpoch(state.epoch) !== epoch || state.older) throw restart('the database was restored or replaced');
  if (state.pruned) throw restart('changes since this cursor were deleted, because it is too old');
}

export function restart(why: string): VigieError {
  return new VigieError('feed_restart', `${why}: begin again, and drop what the full reading no longer has`);
}
