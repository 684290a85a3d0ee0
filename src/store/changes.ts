import { type Database, sqlState } from './database.js';

export type ChangeKind = 'entry' | 'list' | 'key' | 'organisation';

export interface Change {
  readonly id: string;
  readonly kind: ChangeKind;
  /** An entry's UUID, a list's, a key's or an organisation's id. */
  readonly subject: string;
  /** Hashes that are gone for good, whatever became of their entry. */
  readonly ordinals: readonly number[] | null;
}

/**
 * How far a node has read: everything its last snapshot could see, of the database that epoch names. On PostgreSQL the epoch names the cluster and
 * its timeline, too: after a failover or a recovery to a point in time commits may be lost that a node has applied.
 */
export interface FeedPosition {
  readonly epoch: string;
  readonly snapshot: string;
}

/** Within a page sequence: changes up to this id were read, and once all were, `until` is the snapshot of the position. */
export interface PartOfPage {
  readonly after: string;
  readonly until: string;
}

export interface FeedPage {
  readonly position: FeedPosition;
  readonly changes: readonly Change[];
  /** Given: there is more; ask for it with this. */
  readonly rest: PartOfPage | undefined;
  /** True when the database has forgotten transactions that the position asked for had seen. */
  readonly older: boolean;
  /** True when changes after the position asked for may have been deleted: load everything again. */
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

// Which server that is, and its timeline, as the name of the WAL segment tells it: the control file learns of a promotion only minutes later.
// A standby refuses, so a node that comes to one by mistake goes on from memory. Not on the embedded database, where each call takes
// 1.3 ms: it neither fails over nor goes back to a point in time.
const server = `
  || ' ' || (select system_identifier from pg_control_system()) || ' ' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8)`;
const probe = `select ''${server}`;
/** Not supported, not allowed, not there: of a hosted PostgreSQL the epoch alone must do. */
const withoutServer = new Set(['0A000', '42501', '42883']);

const selectPosition = (epoch: string) => `
  select ${epoch} as epoch, pg_current_snapshot()::text as snapshot, (select coalesce(max(id), 0) from change)::text as version from feed`;

// Exactly the rows that became visible between two snapshots. A transaction that commits late is in no earlier snapshot, however
// small its ids are; one that stays open holds nothing else back. xmin bounds what the index must read again. A pruned xid of the future
// came with tables copied from another cluster, and says nothing about this one. Materialised, or the limit would tempt the planner into
// walking the whole table by its primary key.
const selectNews = (epoch: string) => `
  with news as materialized (
    select id, kind, subject, ordinals from change
    where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot) and id > $2
  )
  select ${epoch} as epoch, pg_current_snapshot()::text as snapshot, c.id::text, c.kind, c.subject, c.ordinals,
    pg_snapshot_xmax(pg_current_snapshot()) < pg_snapshot_xmax($1::pg_snapshot) as older,
    feed.pruned_xid >= pg_snapshot_xmin($1::pg_snapshot)
      and feed.pruned_xid < pg_snapshot_xmin(pg_current_snapshot()) as pruned
  from feed left join news c on true
  order by c.id limit $3`;

// Whoever is visible has committed, so a transaction of the future is one of another cluster, from which the tables were copied: its
// changes would be news for ever.
const deleteForeign = 'delete from change where xid >= pg_snapshot_xmax(pg_current_snapshot())';

const selectChangedEntries = `
  select distinct subject from change
  where kind = 'entry' and subject = any($2)
    and xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)`;

// The first rows of the primary key are the oldest. What an open transaction might still hide from a node's position stays. Rows that
// another node prunes right now are left to it.
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

/** Rows a statement deletes: about 10 ms, so that nobody waits for it. */
const deletedAtOnce = 2_000;
/** Rows read at once, some 15 MB: after an import of millions a node that slept reads them page by page. */
const readAtOnce = 50_000;

export class ChangeStore {
  private epoch: string | undefined;

  constructor(
    private readonly database: Database,
    private readonly pageRows = readAtOnce,
  ) {}

  /** Where to start reading from now on, and the id of the newest change ("0" when there is none). */
  async now(): Promise<{ position: FeedPosition; version: string }> {
    const [row] = await this.database.query<{ epoch: string; snapshot: string; version: string }>(
      selectPosition(await this.epochHere()),
    );
    if (!row) throw new Error('table feed has lost its row: restore the database');
    return { position: { epoch: row.epoch, snapshot: row.snapshot }, version: row.version };
  }

  /**
   * What became visible since `position`, by rising id; `part`: what a page before this one left. An epoch unlike the position's means another
   * database: load everything again.
   */
  async since(position: FeedPosition, part?: PartOfPage): Promise<FeedPage> {
    const parameters = [position.snapshot, part?.after ?? '0', this.pageRows];
    const rows = await this.database.query<FeedRow>(selectNews(await this.epochHere()), parameters);
    const [first] = rows;
    if (!first) throw new Error('table feed has lost its row: restore the database');
    const changes = rows.flatMap(({ id, kind, subject, ordinals }) => (id === null ? [] : [{ id, kind, subject, ordinals }]));
    // What became visible after the first page, with an id that the pages have passed, is left to the next reading.
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

  /** Deletes changes that came with tables copied from another cluster (pg_dump, pg_upgrade). */
  async deleteForeign(): Promise<void> {
    await this.database.query(deleteForeign);
  }

  /** Which of these entries (UUIDs) have a change by now that `snapshot` could not see. */
  async changedAfter(snapshot: string, uuids: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ subject: string }>(selectChangedEntries, [snapshot, uuids]);
    return new Set(rows.map(({ subject }) => subject));
  }

  /** Deletes some of the oldest changes, of those older than `ageMs`; gives how many. 0: nothing is left to delete. */
  async prune(ageMs: number): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(deleteOldest, [ageMs, deletedAtOnce]);
    return row?.count ?? 0;
  }

  /** The SQL of an epoch, as far as this database can tell it. */
  private async epochHere(): Promise<string> {
    this.epoch ??= `feed.epoch::text${this.database.embedded || !(await this.tellsServer()) ? '' : server}`;
    return this.epoch;
  }

  private async tellsServer(): Promise<boolean> {
    try {
      await this.database.query(probe);
      return true;
    } catch (error) {
      if (withoutServer.has(sqlState(error) ?? '')) return false;
      throw error;
    }
  }
}
