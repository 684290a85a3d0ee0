import { type Algorithm, isKnown } from '../domain/algorithms/registry.js';
import { type EntryFacts, entryIdOf, type IndexedEntry, type IndexedHash } from '../domain/entry.js';
import type { ExactHash, HashKind } from '../domain/hash.js';
import type { ContentClass } from '../domain/list.js';
import { type MatchingStatus, standingOf } from '../domain/standing.js';
import type { Hit } from '../domain/verdict.js';
import type { Database } from './database.js';
import { bytesOf } from './hash-value.js';

interface HashRow {
  uuid: string;
  list: string;
  class: ContentClass;
  status: MatchingStatus;
  people: number;
  organisations: number;
  ordinal: number;
  algorithm: Algorithm;
  variant: string;
  quality: number | null;
}

export interface DrawnHash {
  readonly kind: HashKind;
  readonly hex: string;
}

const valueBytes = `${bytesOf('h')} as value`;
const hashColumns = `h.ordinal, h.algorithm, h.variant, h.quality`;
const entryColumns = `e.id as uuid, e.list, e.class, e.status, e.people, e.organisations`;

/** Must agree with src/domain/hash.ts. */
const kindOfHash = `case when h.algorithm = 'pdq' and starts_with(h.variant, 'region_') then 'region' else h.algorithm end`;

// Pages by entry, so that the index gets all hashes of an entry at once.
const selectPage = `
  with e as (select id, list, class, status, people, organisations from entry where id > $1 and status <> 'withdrawn' order by id limit $2)
  select ${entryColumns}, ${hashColumns}, ${valueBytes} from e join hash h on h.entry = e.id order by e.id, h.ordinal`;

const selectEntries = `
  select ${entryColumns}, ${hashColumns}, ${valueBytes}
  from entry e join hash h on h.entry = e.id where e.id = any($1::uuid[]) and e.status <> 'withdrawn' order by e.id, h.ordinal`;

const selectTouched = 'select list, max(updated_at) as at from entry where id = any($1::uuid[]) group by list';

// No index supports this filter, so PostgreSQL compares every row.
const selectWithin = `
  select q.number as query, ${entryColumns}, ${hashColumns}, (h.bits <~> q.bits)::int as distance
  from (select ordinality::int as number, ('x' || hex)::bit(256) as bits from unnest($2::text[]) with ordinality as u (hex)) q
  join hash h on ${kindOfHash} = $1 and h.bits <~> q.bits <= $3
  join entry e on e.id = h.entry and e.status <> 'withdrawn'
  order by q.number, h.ordinal`;

// One statement, so the snapshot belongs to these rows.
const selectWithinAt = `
  select pg_current_snapshot()::text as snapshot, near.*
  from (select) as always left join (
    select ${entryColumns}, ${hashColumns}, (h.bits <~> ('x' || $2)::bit(256))::int as distance
    from hash h join entry e on e.id = h.entry and e.status <> 'withdrawn'
    where ${kindOfHash} = $1 and h.bits <~> ('x' || $2)::bit(256) <= $3
  ) near on true`;

// Ordinals are dense, so random ones find rows by the primary key.
const selectDrawn = `
  select ${kindOfHash} as kind, encode(substring(bit_send(h.bits) from 5), 'hex') as hex
  from hash h join entry e on e.id = h.entry and e.status <> 'withdrawn'
  where h.ordinal = any($1::int[]) and h.bits is not null order by random() limit $2`;

const selectNext = `
  select ${kindOfHash} as kind, encode(substring(bit_send(h.bits) from 5), 'hex') as hex
  from hash h join entry e on e.id = h.entry and e.status <> 'withdrawn'
  where h.ordinal >= $1 and h.bits is not null order by h.ordinal limit 1`;

const selectEqual = `
  select ${entryColumns}, ${hashColumns}, 0 as distance
  from (select distinct algorithm, value from unnest($1::text[], $2::bytea[]) as u (algorithm, value)) q
  join hash h on h.digest = q.value and h.algorithm = q.algorithm
  join entry e on e.id = h.entry and e.status <> 'withdrawn'
  order by h.ordinal`;

const selectWholes = `
  select distinct on (h.entry) ${entryColumns}, ${hashColumns}, ${valueBytes}, 0 as distance
  from hash h join entry e on e.id = h.entry and e.status <> 'withdrawn'
  where h.entry in (select entry from hash where ordinal = any($1::int[])) and h.algorithm = 'pdq' and h.variant = 'full'
  order by h.entry, h.ordinal`;

const selectFullPdq = `
  select encode(substring(bit_send(bits) from 5), 'hex') as hex from hash
  where entry = $1 and algorithm = 'pdq' and variant = 'full' order by ordinal limit 1`;

// The default of 40 gives a recall of 29-67 % (measured).
const widenNeighbours = 'set local hnsw.ef_search = 400';
const selectNeighbours = `
  select near.entry as uuid, min(near.distance)::int as distance
  from (
    select entry, bits <~> ('x' || $1)::bit(256) as distance from hash
    where variant = 'full' and algorithm = 'pdq' order by bits <~> ('x' || $1)::bit(256) limit 400
  ) near join entry e on e.id = near.entry and e.list = any($5)
  where near.distance <= $2 and near.entry <> $3
  group by near.entry order by 2, 1 limit $4`;

const auditWithinMs = 600_000;
/** Three of an image's five hashes are digests, and some lists hold digests only. */
const drawsPerHash = 32;

const selectHighest = 'select coalesce(max(ordinal), 0) as highest from hash';

export class HashStore {
  constructor(private readonly database: Database) {}

  async highestOrdinal(): Promise<number> {
    const [row] = await this.database.query<{ highest: number }>(selectHighest);
    return row?.highest ?? 0;
  }

  async *pages(pageSize = 5_000): AsyncGenerator<IndexedEntry[]> {
    for (let after = '00000000-0000-0000-0000-000000000000'; ; ) {
      const rows = await this.database.query<HashRow & { value: Buffer }>(selectPage, [after, pageSize]);
      const last = rows.at(-1);
      if (!last) return;
      yield entriesOf(rows);
      after = last.uuid;
    }
  }

  /** The entries of these UUIDs that are not withdrawn. */
  async current(uuids: readonly string[]): Promise<IndexedEntry[]> {
    return entriesOf(await this.database.query<HashRow & { value: Buffer }>(selectEntries, [uuids]));
  }

  touched(uuids: readonly string[]): Promise<{ list: string; at: Date }[]> {
    return this.database.query(selectTouched, [uuids]);
  }

  /** Exact search: one array of hits per query (hex). */
  async within(kind: HashKind, queries: readonly string[], radius: number): Promise<Hit[][]> {
    const parameters = [kind, queries, radius];
    const rows = await this.database.query<HashRow & { query: number; distance: number }>(selectWithin, parameters);
    const hits: Hit[][] = queries.map(() => []);
    for (const row of rows) hits[row.query - 1]?.push(hitOf(row));
    return hits;
  }

  /** Like `within`, with the snapshot of the answer. Hundreds of millions of hashes may take minutes. */
  async withinAt(kind: HashKind, query: string, radius: number): Promise<{ snapshot: string; hits: Hit[] }> {
    type Row = HashRow & { snapshot: string; distance: number | null };
    const rows = await this.database.query<Row>(selectWithinAt, [kind, query, radius], auditWithinMs);
    const hits = rows.flatMap(({ distance, ...row }) => (distance === null ? [] : [hitOf({ ...row, distance })]));
    return { snapshot: rows[0]?.snapshot ?? '', hits };
  }

  /** Random perceptual hashes of matching entries: fewer than `count` where those are rare, none only when there is none. */
  async draw(count: number, random: () => number): Promise<DrawnHash[]> {
    const highest = await this.highestOrdinal();
    const ordinals = Array.from({ length: count * drawsPerHash }, () => 1 + Math.floor(random() * highest));
    const drawn = await this.database.query<DrawnHash>(selectDrawn, [ordinals, count]);
    for (const from of [ordinals[0] ?? 1, 1]) {
      if (drawn.length === 0) drawn.push(...(await this.database.query<DrawnHash>(selectNext, [from], auditWithinMs)));
    }
    return drawn;
  }

  async equal(hashes: readonly ExactHash[]): Promise<Hit[]> {
    const rows = await this.database.query<HashRow & { distance: number }>(selectEqual, [
      hashes.map(({ algorithm }) => algorithm),
      hashes.map(({ value }) => Buffer.from(value)),
    ]);
    return rows.map(hitOf);
  }

  /** The PDQ hashes of the whole images of entries that own one of these hashes. */
  async wholesOf(ordinals: readonly number[]): Promise<{ hit: Hit; value: Uint8Array }[]> {
    type Row = HashRow & { value: Buffer; distance: number };
    const rows = await this.database.query<Row>(selectWholes, [ordinals]);
    return rows.map((row) => ({ hit: hitOf(row), value: row.value }));
  }

  /**
   * Entries near an entry by PDQ, nearest first. Approximate (HNSW), so never used for a verdict. Undefined when the entry has no PDQ
   * hash.
   */
  async neighbours(
    uuid: string,
    { radius, limit, lists }: { radius: number; limit: number; lists: readonly string[] },
  ): Promise<{ uuid: string; distance: number }[] | undefined> {
    const [own] = await this.database.query<{ hex: string }>(selectFullPdq, [uuid]);
    if (!own) return undefined;
    return this.database.transaction(async (tx) => {
      await tx.query(widenNeighbours);
      return tx.query<{ uuid: string; distance: number }>(selectNeighbours, [own.hex, radius, uuid, limit, lists]);
    });
  }
}

function hitOf(row: HashRow & { distance: number }): Hit {
  const { ordinal, algorithm, variant, quality, distance } = row;
  return { ordinal, algorithm, variant, quality, distance, entry: factsOf(row) };
}

function factsOf({ uuid, list, class: contentClass, status, people, organisations }: HashRow): EntryFacts {
  return { id: entryIdOf(uuid), list, class: contentClass, standing: standingOf(status, people, organisations) };
}

function entriesOf(rows: readonly (HashRow & { value: Buffer })[]): IndexedEntry[] {
  const entries: (IndexedEntry & { hashes: IndexedHash[] })[] = [];
  let uuid = '';
  for (const row of rows) {
    const { ordinal, algorithm, variant, value, quality } = row;
    // During an upgrade a newer version may store unknown hashes.
    if (!isKnown(algorithm)) continue;
    if (row.uuid !== uuid) {
      uuid = row.uuid;
      entries.push({ ...factsOf(row), hashes: [] });
    }
    entries.at(-1)?.hashes.push({ ordinal, algorithm, variant, value, quality });
  }
  return entries;
}
