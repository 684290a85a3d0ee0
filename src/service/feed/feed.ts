/** One Vigie, or another system, follows a list of this one (docs/decisions/0027-feed.md). */
import type { DataKey } from '../../domain/data-key.js';
import { VigieError } from '../../domain/errors.js';
import { actorOf, type Caller } from '../../domain/key.js';
import { entryLine } from '../../formats/vigie.js';
import { appendAct } from '../../store/audit.js';
import type { Change, ChangeStore } from '../../store/changes.js';
import type { Database } from '../../store/database.js';
import { type FeedChange, type FeedEntry, FeedStore, type PositionState } from '../../store/feed.js';
import { type ListCache, noSuchList } from '../lists/list-cache.js';
import { shortEpoch } from '../sync/index-version.js';
import { type FeedCursor, FeedCursors } from './feed-cursor.js';
import { FeedWaiters } from './feed-waiters.js';

export interface FeedRequest {
  readonly list: string;
  readonly since: string | undefined;
  readonly waitMs: number;
  readonly limit: number;
  /** Ends a wait. */
  readonly gone: AbortSignal;
}

export interface FeedParts {
  readonly database: Database;
  readonly changes: ChangeStore;
  readonly dataKey: DataKey;
  readonly listCache: ListCache;
  /** Changes that one statement looks at. */
  readonly walkRows?: number;
}

interface Page {
  readonly full: boolean;
  readonly changes: readonly FeedChange[];
  readonly next: FeedCursor;
  /** Nothing more is there now. */
  readonly drained: boolean;
}

/** Looking for changes of one list among those of others may take this long, and the statement under way. */
const searchMs = 1_000;
/** Their rows are read in about 50 ms. */
const entriesAtOnce = 200;
const noEntry = '00000000-0000-0000-0000-000000000000';

export class Feed {
  private readonly store: FeedStore;
  private readonly cursors: FeedCursors;
  private readonly waiters: FeedWaiters;

  constructor(private readonly parts: FeedParts) {
    const store = new FeedStore(parts.database, parts.changes, parts.walkRows);
    this.store = store;
    this.cursors = new FeedCursors(parts.dataKey);
    this.waiters = new FeedWaiters((uuids) => store.listsOf(uuids));
  }

  /** The follower of the node tells of changes. */
  readonly heard = (changes: readonly Change[] | undefined): void => this.waiters.heard(changes);

  /**
   * The lines of one page.
   *
   * @throws VigieError `not_found`, `forbidden`, `bad_request`, `feed_restart`, `too_many_requests`
   */
  async page(caller: Caller, request: FeedRequest): Promise<AsyncIterable<string>> {
    const { list, since, limit } = request;
    this.admit(caller, list);
    const from = since === undefined ? await this.begin(caller, list) : this.cursors.read(since, list);
    const page = request.waitMs > 0 ? await this.waited(caller, from, request) : await this.read(from, limit);
    return this.lines(from, since ?? null, page);
  }

  /** Readers that wait. */
  get waiting(): number {
    return this.waiters.size;
  }

  /** Ends all waits. */
  close(): void {
    this.waiters.close();
  }

  private admit({ organisation }: Caller, list: string): void {
    const rights = this.parts.listCache.rights(list, organisation);
    if (rights.size === 0) throw noSuchList(list);
    if (rights.has('export')) return;
    throw new VigieError('forbidden', `your organisation has no right to export entries of list "${list}"; ask its owner for it`);
  }

  private async begin(caller: Caller, list: string): Promise<FeedCursor> {
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

  private async waited(caller: Caller, from: FeedCursor, { list, waitMs, limit, gone }: FeedRequest): Promise<Page> {
    const { waiters } = this;
    const until = AbortSignal.any([gone, AbortSignal.timeout(waitMs)]);
    const leave = waiters.admit(caller.key);
    try {
      for (let cursor = from; ; ) {
        const news = waiters.next(list);
        until.addEventListener('abort', news.cancel, { once: true });
        try {
          const page = await this.read(cursor, limit);
          if (page.changes.length > 0 || !page.drained || page.full || until.aborted || waiters.isClosed) return page;
          cursor = page.next;
          await news.arrived;
        } finally {
          until.removeEventListener('abort', news.cancel);
          news.cancel();
        }
      }
    } finally {
      leave();
    }
  }

  private async read(cursor: FeedCursor, limit: number): Promise<Page> {
    const state = await this.store.stateOf(cursor.list, cursor.snapshot);
    if (!state) throw noSuchList(cursor.list);
    refuseGap(cursor, state);
    const { people, organisations } = state.requirement;
    if (cursor.requirement !== `${people}/${organisations}`) throw restart('the list now requires other confirmations');
    return cursor.full === undefined ? this.changed(cursor, limit) : this.standing(cursor, cursor.full, limit);
  }

  private async standing({ full: _, ...cursor }: FeedCursor, after: string, limit: number): Promise<Page> {
    const uuids = await this.store.standing(cursor.list, after || noEntry, limit);
    const last = uuids.length < limit ? undefined : uuids.at(-1);
    return {
      full: true,
      changes: uuids.map((entry) => ({ entry, sequence: cursor.sequence })),
      next: last === undefined ? cursor : { ...cursor, full: last },
      drained: false,
    };
  }

  private async changed({ stretch: begun, ...cursor }: FeedCursor, limit: number): Promise<Page> {
    const { store } = this;
    const deadline = performance.now() + searchMs;
    let stretch = begun ?? (await store.stretchAfter(cursor.snapshot));
    const found: FeedChange[] = [];
    for (;;) {
      const walk = await store.walk(cursor.list, cursor.snapshot, stretch, limit - found.length);
      refuseGap(cursor, walk);
      found.push(...walk.changes);
      const sequence = newest(cursor.sequence, found.at(-1)?.sequence);
      if (walk.reached === undefined) {
        // A stretch that an earlier page began ends where the list was then.
        return { full: false, changes: found, next: { ...cursor, snapshot: stretch.until, sequence }, drained: !begun };
      }
      stretch = { ...stretch, after: walk.reached };
      if (found.length >= limit || performance.now() > deadline) {
        return { full: false, changes: found, next: { ...cursor, sequence, stretch }, drained: false };
      }
    }
  }

  private async *lines({ list, epoch }: FeedCursor, from: string | null, page: Page): AsyncGenerator<string> {
    const { store, cursors } = this;
    yield lineOf({ feed: 1, list, epoch, from, full: page.full });
    const changes = lastOfEach(page.changes);
    let records = 0;
    for (let first = 0; first < changes.length; first += entriesAtOnce) {
      const some = changes.slice(first, first + entriesAtOnce);
      const entries = new Map(
        (
          await store.entries(
            list,
            some.map(({ entry }) => entry),
          )
        ).map((entry) => [entry.uuid, entry]),
      );
      const lines = some.flatMap(({ entry: uuid, sequence }) => {
        const entry = entries.get(uuid);
        return entry ? [lineOf(recordOf(entry, Number(sequence)))] : [];
      });
      records += lines.length;
      yield lines.join('');
    }
    const { next, drained } = page;
    yield lineOf({ end: true, cursor: cursors.write(next), records, sequence: Number(next.sequence), drained });
  }
}

function recordOf({ uuid: _, stands, status, ...entry }: FeedEntry, sequence: number): object {
  const { id, list, updatedAt } = entry;
  if (!stands) return { id, list, withdrawn: true, status, updatedAt, sequence };
  return { ...entryLine({ ...entry, withdrawn: false }), sequence };
}

function lineOf(value: object): string {
  return `${JSON.stringify(value)}\n`;
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

function restart(why: string): VigieError {
  return new VigieError('feed_restart', `${why}: begin again without since, and drop what the full reading no longer has`);
}
