/** What the feed of one list reads: its standing entries, and which of them changed. */

import { type Algorithm, isKnown } from '../domain/algorithms/registry.js';
import type { EntryStatus, Provenance, SourceCode } from '../domain/entry.js';
import { entryIdOf } from '../domain/entry.js';
import { type Facts, mergedFacts } from '../domain/facts.js';
import type { ContentClass } from '../domain/list.js';
import type { Requirement } from '../domain/standing.js';
import { type ChangeStore, feedSql } from './changes.js';
import type { Database } from './database.js';
import { bytesOf } from './hash-value.js';

/** Changes with ids after `after` and up to `to`. Once they are read, `until` is the snapshot of the new position. */
export interface Stretch {
  readonly after: string;
  readonly to: string;
  readonly until: string;
}

export interface PositionState {
  readonly epoch: string;
  /** True when the database has lost transactions that the position had seen. */
  readonly older: boolean;
  /** True when changes after the position may have been deleted. */
  readonly pruned: boolean;
}

export interface ListState extends PositionState {
  readonly requirement: Requirement;
}

export interface HashesOfFallen {
  readonly uuid: string;
  /** Null: it has no hashes any more, or not in a seal. */
  readonly sealed: Buffer | null;
  readonly hashes: readonly FeedHash[];
}

export interface FeedChange {
  /** The id of the change. */
  readonly sequence: string;
  /** The UUID of the entry. */
  readonly entry: string;
}

export interface Walk extends PositionState {
  readonly changes: readonly FeedChange[];
  /** Undefined: the stretch is read to its end. */
  readonly reached: string | undefined;
}

export interface FeedHash {
  readonly algorithm: Algorithm;
  readonly hex: string;
  readonly quality: number | null;
  readonly variant: string;
}

export interface FeedEntry {
  readonly uuid: string;
  readonly id: string;
  readonly list: string;
  readonly status: EntryStatus;
  /** False: whoever follows the list must no longer match it. Then it has no hashes. */
  readonly stands: boolean;
  readonly sourceId: string | null;
  readonly hashes: readonly FeedHash[];
  readonly class: ContentClass;
  readonly sourceCodes: readonly SourceCode[];
  readonly series: string | null;
  readonly synthetic: boolean;
  readonly provenance: Provenance;
  readonly facts: Facts;
  readonly expiresAt: string | null;
  readonly updatedAt: string;
}

interface FeedRow {
  uuid: string;
  list: string;
  status: EntryStatus;
  stands: boolean;
  hashes: FeedHash[] | null;
  claims: { sourceId: string | null; facts: Facts }[] | null;
  class: ContentClass;
  source_codes: SourceCode[];
  series: string | null;
  synthetic: boolean;
  provenance: Provenance;
  expires_at: Date | null;
  updated_at: Date;
}

/** The filter of the feed, and its only one: an entry `e` of a list `l` that others may rely on. */
const stands = `
  (e.status = 'verified' and e.people >= l.people_required and e.organisations >= l.organisations_required)`;
/** A draft that never stood concerns no follower. */
const concerns = `
  (e.status <> 'draft' or exists (select from entry_event v where v.entry = e.id and v.came_from <> 'draft'))`;

const selectListState = (epoch: string) => `
  select ${epoch} as epoch, ${feedSql.stateOfPosition}, l.people_required as people, l.organisations_required as organisations
  from feed join hash_list l on l.id = $2 and l.deleted_at is null`;

// Without `materialized` the planner would walk the whole table from one end.
const selectStretch = `
  with news as materialized (select id from change where ${feedSql.isNews})
  select pg_current_snapshot()::text as until, coalesce(min(id) - 1, 0)::text as after, coalesce(max(id), 0)::text as to from news`;

// A bounded walk by id: a huge import, of this list or another, makes many pages and none slow. Right after it, the planner would
// compare with the whole table of entries if it could (`lateral`, `offset 0`).
const selectWalk = (epoch: string) => `
  with walked as materialized (
    select id, xid, subject::uuid as entry from change where id > $2::bigint and id <= $3::bigint and kind = 'entry'
  ), news as (
    select w.id, w.entry from walked w
    cross join lateral (select from entry e where e.id = w.entry and e.list = $4 and ${concerns} offset 0) e
    where ${feedSql.isNews} order by w.id limit $5
  )
  select ${epoch} as epoch, ${feedSql.stateOfPosition}, n.id::text as sequence, n.entry
  from feed left join news n on true order by n.id`;

const selectStanding = `
  select e.id from entry e join hash_list l on l.id = e.list
  where e.list = $1 and e.id > $2 and ${stands} order by e.id limit $3`;

const hashesOf = `
  (select json_agg(json_build_object('algorithm', h.algorithm, 'hex', encode(${bytesOf('h')}, 'hex'), 'quality', h.quality,
    'variant', h.variant) order by h.ordinal) from hash h where h.entry = e.id)`;

const selectEntries = `
  select e.id as uuid, e.list, e.status, ${stands} as stands, e.class, e.source_codes, e.series, e.synthetic, e.provenance,
    e.expires_at, e.updated_at,
    case when ${stands} then ${hashesOf} end as hashes,
    (select json_agg(json_build_object('sourceId', c.source_id, 'facts', c.facts) order by c.made_at, c.id)
      from claim c where c.entry = e.id and c.ended_at is null) as claims
  from entry e join hash_list l on l.id = e.list where e.list = $1 and e.id = any($2::uuid[])`;

// Of entries that were made before a time and stood once.
const selectFallen = `
  select e.id as uuid, case when t.sealed_until > now() then t.sealed end as sealed, ${hashesOf} as hashes
  from entry e left join tombstone t on t.entry = e.id
  where e.id = any($1::uuid[]) and e.created_at <= to_timestamp($2)
    and exists (select from entry_event v where v.entry = e.id and v.came_from = 'verified')`;

const selectLists = 'select distinct list from entry where id = any($1::uuid[])';

export interface WalkSize {
  readonly rows: number;
  readonly limit: number;
}

/** 30 ms; 150 ms on the embedded database. */
const rowsPerWalk = 10_000;

export class FeedStore {
  constructor(
    private readonly database: Database,
    private readonly changes: ChangeStore,
    private readonly walkRows = rowsPerWalk,
  ) {}

  /** Undefined: there is no such list. */
  async stateOf(list: string, snapshot: string): Promise<ListState | undefined> {
    type Row = PositionState & Requirement & Record<string, unknown>;
    const [row] = await this.database.query<Row>(selectListState(await this.changes.epochSql()), [snapshot, list]);
    if (!row) return undefined;
    const { epoch, older, pruned, people, organisations } = row;
    return { epoch, older, pruned, requirement: { people, organisations } };
  }

  /** All changes that `snapshot` could not see. */
  async stretchAfter(snapshot: string): Promise<Stretch> {
    const [row] = await this.database.query<Stretch & Record<string, unknown>>(selectStretch, [snapshot]);
    if (!row) throw new Error('an aggregate gave no row');
    return row;
  }

  /** Looks at up to `rows` changes of a stretch, for those of the list that `snapshot` could not see: at most `limit`. */
  async walk(list: string, snapshot: string, { after, to }: Stretch, { rows: wanted, limit }: WalkSize): Promise<Walk> {
    type Row = PositionState & { sequence: string | null; entry: string };
    // Ids have few gaps. A limit would let the planner sort the whole stretch.
    const end = BigInt(after) + BigInt(Math.min(wanted, this.walkRows));
    const isLast = end >= BigInt(to);
    const parameters = [snapshot, after, isLast ? to : String(end), list, limit];
    const rows = await this.database.query<Row>(selectWalk(await this.changes.epochSql()), parameters);
    const [first] = rows;
    if (!first) throw new Error('the row of table feed is missing: restore the database from a backup');
    const changes = rows.flatMap(({ sequence, entry }) => (sequence === null ? [] : [{ sequence, entry }]));
    const cut = changes.length === limit ? changes.at(-1)?.sequence : undefined;
    const reached = cut ?? (isLast ? to : String(end));
    const { epoch, older, pruned } = first;
    return { epoch, older, pruned, changes, reached: reached === to ? undefined : reached };
  }

  /** UUIDs of the entries that stand, by ascending id. */
  async standing(list: string, after: string, limit: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(selectStanding, [list, after, limit]);
    return rows.map(({ id }) => id);
  }

  /** As they are now, in any order. */
  async entries(list: string, uuids: readonly string[]): Promise<FeedEntry[]> {
    return (await this.database.query<FeedRow & Record<string, unknown>>(selectEntries, [list, uuids])).map(entryOf);
  }

  /** Of those that were made before `base` (seconds since 1970) and stood once. */
  async fallen(uuids: readonly string[], base: number): Promise<HashesOfFallen[]> {
    type Row = { uuid: string; sealed: Buffer | null; hashes: FeedHash[] | null };
    const rows = await this.database.query<Row>(selectFallen, [uuids, base]);
    return rows.map(({ hashes, ...row }) => ({ ...row, hashes: hashes ?? [] }));
  }

  async listsOf(uuids: readonly string[]): Promise<string[]> {
    return (await this.database.query<{ list: string }>(selectLists, [uuids])).map(({ list }) => list);
  }
}

function entryOf({
  source_codes: sourceCodes,
  expires_at: expiresAt,
  updated_at: updatedAt,
  claims,
  hashes,
  ...row
}: FeedRow): FeedEntry {
  return {
    ...row,
    id: entryIdOf(row.uuid),
    sourceCodes,
    sourceId: claims?.find(({ sourceId }) => sourceId !== null)?.sourceId ?? null,
    // During an upgrade a newer version may store unknown hashes.
    hashes: (hashes ?? []).filter(({ algorithm }) => isKnown(algorithm)),
    facts: mergedFacts((claims ?? []).map(({ facts }) => facts)),
    expiresAt: expiresAt?.toISOString() ?? null,
    updatedAt: updatedAt.toISOString(),
  };
}
