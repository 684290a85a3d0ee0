import { type Database, sqlState } from './database.js';

export type ChangeKind = 'entry' | 'list' | 'key' | 'organisation' | 'canary';

export interface Change {
  readonly id: string;
  readonly kind: ChangeKind;
  readonly subject: string;
  /** Ordinals of deleted hashes. */
  readonly ordinals: readonly number[] | null;
}

/**
 * A node has applied everything that `snapshot` could see. On PostgreSQL the epoch also names the cluster and its timeline, because a
 * failover or a point-in-time recovery may lose commits that a node has applied.
 */
export interface FeedPosition {
  readonly epoch: string;
  readonly snapshot: string;
}

/** After the last page, `until` is the snapshot of the new position. */
export interface PartOfPage {
  readonly after: string;
  readonly until: string;
}

export interface FeedPage {
  readonly position: FeedPosition;
  readonly changes: readonly Change[];
  readonly rest: PartOfPage | undefined;
  /** True when the database has lost transactions that the position had seen. */
  readonly older: boolean;
  /** True when changes after the position may have been deleted. */
  readonly pruned: boolean;
}

interface FeedRow {
  epoch: string;
  snapshot: string;
  pruned: boolean;
  older: boolean;
  id: string | null;
  kind: ChangeKind;
  subject: string;
  ordinals: number[] | null;
}

// The timeline comes from the name of the WAL segment, because the control file shows a promotion minutes later. A standby refuses this
// query. The embedded database has no failover, and a call takes 1.3 ms there.
const serverName = `
  || ' ' || (select system_identifier from pg_control_system()) || ' ' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)`;
const probe = `select ''${serverName}`;
/** Not supported, not allowed, not there: on some hosted PostgreSQL. */
const noServerNameStates = new Set(['0A000', '42501', '42883']);

/** Of a position in the feed; $1 is its snapshot. */
const stateOfPosition = `
  pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($1::pg_snapshot) as older,
    feed.pruned_xid >= pg_snapshot_xmin($1::pg_snapshot)
      and feed.pruned_xid < pg_snapshot_xmin(pg_current_snapshot()) as pruned`;
/** The rows that snapshot $1 could not see. */
const isNews = 'xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)';

const selectPosition = (epoch: string) => `
  select ${epoch} as epoch, pg_current_snapshot()::text as snapshot, (select coalesce(max(id), 0) from change)::text as version from feed`;

// Exactly the rows that became visible between two snapshots: a late commit with small ids is not missed, and an open transaction delays
// no other change. Without `materialized` the planner would walk the whole table because of the limit.
const selectNews = (epoch: string) => `
  with news as materialized (
    select id, kind, subject, ordinals from change
    where ${isNews} and id > $2
  )
  select ${epoch} as epoch, pg_current_snapshot()::text as snapshot, c.id::text, c.kind, c.subject, c.ordinals, ${stateOfPosition}
  from feed left join news c on true
  order by c.id limit $3`;

// A visible row with an xid in the future was copied from another cluster (pg_dump, pg_upgrade) and would count as new for ever.
const deleteForeign = 'delete from change where xid >= pg_snapshot_xmax(pg_current_snapshot())';

const selectChangedEntries = `
  select distinct subject from change
  where kind = 'entry' and subject = any($2) and ${isNews}`;

// A row stays while an open transaction may hide it from a node.
const deleteOldest = `
  with oldest as (
    select ctid, xid, at from change order by id limit $2 for update skip locked
  ), gone as (
    delete from change where ctid = any(array(
      select ctid from oldest where at < clock_timestamp() - $1 * interval '1 millisecond'
        and xid < pg_snapshot_xmin(pg_current_snapshot())
    )) returning xid
  )
  update feed set pruned_xid = greatest(pruned_xid, last.xid)
  from (select max(xid) as xid, count(*)::int as count from gone) last
  where last.count > 0 returning last.count`;

/** About 10 ms. */
const rowsPerDelete = 2_000;
/** About 15 MB. */
const rowsPerPage = 50_000;

/** For readers of the feed other than nodes. */
export const feedSql = { stateOfPosition, isNews };

export class ChangeStore {
  private epoch: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly pageRows = rowsPerPage,
  ) {}

  /** `version` is the id of the newest change, or "0". */
  async now(): Promise<{ position: FeedPosition; version: string }> {
    const [row] = await this.database.query<{ epoch: string; snapshot: string; version: string }>(
      selectPosition(await this.epochSql()),
    );
    if (!row) throw new Error('the row of table feed is missing: restore the database from a backup');
    return { position: { epoch: row.epoch, snapshot: row.snapshot }, version: row.version };
  }

  /**
   * Changes that became visible since `position`, by ascending id. `part` is the `rest` of the page before. If the epochs differ, this
   * is another database: load everything again.
   */
  async since(position: FeedPosition, part?: PartOfPage): Promise<FeedPage> {
    const parameters = [position.snapshot, part?.after ?? '0', this.pageRows];
    const rows = await this.database.query<FeedRow>(selectNews(await this.epochSql()), parameters);
    const [first] = rows;
    if (!first) throw new Error('the row of table feed is missing: restore the database from a backup');
    const changes = rows.flatMap(({ id, kind, subject, ordinals }) => (id === null ? [] : [{ id, kind, subject, ordinals }]));
    // A change that became visible after the first page may have an id that the pages have passed.
    const until = part?.until ?? first.snapshot;
    const last = changes.length < this.pageRows ? undefined : changes.at(-1);
    return {
      position: { epoch: first.epoch, snapshot: last ? position.snapshot : until },
      changes,
      rest: last && { after: last.id, until },
      older: first.older,
      pruned: first.pruned,
    };
  }

  async deleteForeign(): Promise<void> {
    await this.database.query(deleteForeign);
  }

  async changedAfter(snapshot: string, uuids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ subject: string }>(selectChangedEntries, [snapshot, uuids]);
    return new Set(rows.map(({ subject }) => subject));
  }

  async prune(ageMs: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(deleteOldest, [ageMs, rowsPerDelete]);
    return row?.count ?? 0;
  }

  /** An expression over table feed. */
  async epochSql(): Promise<string> {
    this.epoch ??= `feed.epoch::text${this.database.embedded || !(await this.canNameServer()) ? '' : serverName}`;
    return this.epoch;
  }

  private async canNameServer(): Promise<boolean> {
    try {
      await this.database.query(probe);
      return true;
    } catch (error) {
      if (noServerNameStates.has(sqlState(error) ?? '')) return false;
      throw error;
    }
  }
}
