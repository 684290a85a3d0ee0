import { type Answer, type Asked, ExchangeServer } from './server.js';

interface LeaderEntry {
  readonly id: string;
  readonly sha256: string;
  readonly withdrawn: boolean;
}

interface Cursor {
  readonly epoch: string;
  readonly sequence: number;
  /** During a full reading: the last id that was sent, or empty. */
  readonly full?: string;
}

/** As docs/api/feed.md describes it. A cursor is JSON here; a follower may not look into it. */
export class FeedServer {
  /** The newest state of each entry. */
  readonly entries = new Map<string, LeaderEntry>();
  /** Ids in the order of their changes; the first has sequence 1. */
  readonly changes: string[] = [];
  epoch = 'epoch1';
  pageSize = 1_000;
  /** Changes up to this number are deleted. */
  pruned = 0;
  /** Changes the text of an answer. */
  spoil: (text: string) => string = (text) => text;

  private constructor(readonly http: ExchangeServer) {}

  static async start(): Promise<FeedServer> {
    const server: FeedServer = new FeedServer(await ExchangeServer.start((asked) => server.answer(asked)));
    return server;
  }

  reset(): void {
    this.http.reset();
    this.entries.clear();
    this.changes.length = 0;
    Object.assign(this, { epoch: 'epoch1', pageSize: 1_000, pruned: 0 });
    this.spoil = (text) => text;
  }

  put(id: string, sha256: string, withdrawn = false): void {
    this.entries.set(id, { id, sha256, withdrawn });
    this.changes.push(id);
  }

  private answer({ path, query, headers }: Asked): Answer {
    if (headers.authorization !== 'Bearer vgk_reader') return { status: 401, body: '{}' };
    if (path !== '/v1/feed' || query.get('list') !== 'ncii') return { status: 404, body: '{}' };
    const since = query.get('since');
    const cursor: Cursor = since === null ? { epoch: this.epoch, sequence: this.changes.length, full: '' } : JSON.parse(since);
    if (cursor.epoch !== this.epoch || (cursor.full === undefined && cursor.sequence < this.pruned)) {
      return { status: 410, body: '{"code":"feed_restart"}' };
    }
    const limit = Math.min(this.pageSize, Number(query.get('limit')));
    return { body: this.spoil(cursor.full === undefined ? this.changed(cursor, since, limit) : this.full(cursor, since, limit)) };
  }

  /** Tombstones are not part of it. */
  private full({ sequence, full = '', ...cursor }: Cursor, since: string | null, limit: number): string {
    const standing = [...this.entries.values()]
      .filter(({ id, withdrawn }) => !withdrawn && id > full)
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const some = standing.slice(0, limit);
    const last = some.length < standing.length ? some.at(-1)?.id : undefined;
    const next: Cursor = { ...cursor, sequence, ...(last !== undefined && { full: last }) };
    return this.page(
      since,
      true,
      some.map((entry) => lineOf(entry, sequence)),
      next,
      false,
    );
  }

  private changed(cursor: Cursor, since: string | null, limit: number): string {
    const to = Math.min(cursor.sequence + limit, this.changes.length);
    const ids = [...new Set(this.changes.slice(cursor.sequence, to))];
    const lines = ids.flatMap((id) => {
      const entry = this.entries.get(id);
      return entry ? [lineOf(entry, this.changes.lastIndexOf(id) + 1)] : [];
    });
    return this.page(since, false, lines, { ...cursor, sequence: to }, to === this.changes.length);
  }

  private page(from: string | null, full: boolean, lines: readonly object[], next: Cursor, drained: boolean): string {
    const header = { feed: 1, list: 'ncii', epoch: this.epoch, from, full };
    const end = { end: true, cursor: JSON.stringify(next), records: lines.length, sequence: next.sequence, drained };
    return `${[header, ...lines, end].map((line) => JSON.stringify(line)).join('\n')}\n`;
  }
}

function lineOf({ id, sha256, withdrawn }: LeaderEntry, sequence: number): object {
  const updatedAt = '2026-11-29T12:00:00.000Z';
  if (withdrawn) return { id, list: 'ncii', withdrawn, status: 'withdrawn', updatedAt, sequence };
  const hashes = [{ algorithm: 'sha256', value: sha256, quality: null }];
  return { id, list: 'ncii', sourceId: 'the id elsewhere', hashes, class: 'ncii_adult', sourceCodes: [], updatedAt, sequence };
}
