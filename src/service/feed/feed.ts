/** One Vigie, or another system, follows a list of this one (docs/decisions/0027-feed.md). */
import type { Caller } from '../../domain/key.js';
import { entryLine } from '../../formats/vigie.js';
import type { Change } from '../../store/changes.js';
import type { FeedEntry } from '../../store/feed.js';
import type { FeedCursor } from './feed-cursor.js';
import type { FeedPage, FeedReader } from './feed-reader.js';
import { FeedWaiters } from './feed-waiters.js';

export interface FeedRequest {
  readonly list: string;
  readonly since: string | undefined;
  readonly waitMs: number;
  readonly limit: number;
  /** Ends a wait. */
  readonly gone: AbortSignal;
}

/** Their rows are read in about 50 ms. */
const entriesAtOnce = 200;

export class Feed {
  private readonly waiters: FeedWaiters;

  constructor(private readonly reader: FeedReader) {
    this.waiters = new FeedWaiters((uuids) => reader.store.listsOf(uuids));
  }

  /** The follower of the node tells of changes. */
  readonly heard = (changes: readonly Change[] | undefined): void => this.waiters.heard(changes);

  /**
   * The lines of one page.
   *
   * @throws VigieError `not_found`, `forbidden`, `bad_request`, `feed_restart`, `too_many_requests`
   */
  async page(caller: Caller, request: FeedRequest): Promise<AsyncIterable<string>> {
    const { reader } = this;
    const { list, since, limit } = request;
    reader.admit(caller, list);
    const from = since === undefined ? await reader.begin(caller, list) : reader.cursors.read(since, list);
    const page = request.waitMs > 0 ? await this.waited(caller, from, request) : await reader.read(from, limit);
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

  private async waited(caller: Caller, from: FeedCursor, { list, waitMs, limit, gone }: FeedRequest): Promise<FeedPage> {
    const { waiters } = this;
    const until = AbortSignal.any([gone, AbortSignal.timeout(waitMs)]);
    const leave = waiters.admit(caller.key);
    try {
      for (let cursor = from; ; ) {
        const news = waiters.next(list);
        until.addEventListener('abort', news.cancel, { once: true });
        try {
          const page = await this.reader.read(cursor, limit);
          // The key or the right may be gone by now.
          this.reader.admit(caller, list);
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

  private async *lines({ list, epoch }: FeedCursor, from: string | null, page: FeedPage): AsyncGenerator<string> {
    const { store, cursors } = this.reader;
    const { changes, next, drained } = page;
    yield lineOf({ feed: 1, list, epoch, from, full: page.full });
    let records = 0;
    for (let first = 0; first < changes.length; first += entriesAtOnce) {
      const some = changes.slice(first, first + entriesAtOnce);
      const uuids = some.map(({ entry }) => entry);
      const entries = new Map((await store.entries(list, uuids)).map((entry) => [entry.uuid, entry]));
      const lines = some.flatMap(({ entry: uuid, sequence }) => {
        const entry = entries.get(uuid);
        return entry ? [lineOf(recordOf(entry, Number(sequence)))] : [];
      });
      records += lines.length;
      yield lines.join('');
    }
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
