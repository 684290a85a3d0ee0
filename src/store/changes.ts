import type { Database } from './database.js';

export type ChangeKind = 'entry' | 'list' | 'key';

export interface Change {
  readonly id: string;
  readonly kind: ChangeKind;
  /** An entry's UUID, a list's id, a key's id. */
  readonly subject: string;
}

/** How far a node has read: everything its last snapshot could see, of the database that epoch names. */
export interface FeedPosition {
  readonly epoch: string;
  readonly snapshot: string;
}

export interface FeedPage {
  readonly position: FeedPosition;
  readonly changes: readonly Change[];
}

interface FeedRow {
  epoch: string;
  snapshot: string;
  id: string | null;
  kind: ChangeKind;
  subject: string;
}

const selectPosition = `
  select feed.epoch, pg_current_snapshot()::text as snapshot, (select coalesce(max(id), 0) from change)::text as version from feed`;

// Exactly the rows that became visible between two snapshots. A transaction that commits late is in no earlier snapshot, however
// small its ids are; one that stays open holds nothing else back. xmin bounds what the index must read again.
const selectNews = `
  select feed.epoch, pg_current_snapshot()::text as snapshot, c.id::text, c.kind, c.subject
  from feed left join change c
    on c.xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(c.xid, $1::pg_snapshot)
  order by c.id`;

export class ChangeStore {
  constructor(private readonly database: Database) {}

  /** Where to start reading from now on, and the id of the newest change ("0" when there is none). */
  async now(): Promise<{ position: FeedPosition; version: string }> {
    const [row] = await this.database.query<{ epoch: string; snapshot: string; version: string }>(selectPosition);
    if (!row) throw new Error('table feed has lost its row: restore the database');
    return { position: { epoch: row.epoch, snapshot: row.snapshot }, version: row.version };
  }

  /** What became visible since `position`. An epoch unlike the position's means another database: load everything again. */
  async since(position: FeedPosition): Promise<FeedPage> {
    const rows = await this.database.query<FeedRow>(selectNews, [position.snapshot]);
    const [first] = rows;
    if (!first) throw new Error('table feed has lost its row: restore the database');
    const changes = rows.flatMap(({ id, kind, subject }) => (id === null ? [] : [{ id, kind, subject }]));
    return { position: { epoch: first.epoch, snapshot: first.snapshot }, changes };
  }
}
