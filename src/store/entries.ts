import { v7 as uuidv7 } from 'uuid';
import { type Entry, type EntryStatus, entryIdOf, type Provenance } from '../domain/entry.js';
import type { Algorithm } from '../domain/hash.js';
import type { ContentClass } from '../domain/list.js';
import type { Database, Queryable } from './database.js';

/** One hash to store; `hex` as the field writes it. */
export interface NewHash {
  readonly algorithm: Algorithm;
  readonly variant: string;
  readonly hex: string;
  readonly quality: number | null;
}

export interface NewEntry {
  readonly list: string;
  /** Absent: the list's class. */
  readonly class?: ContentClass | undefined;
  readonly status: Exclude<EntryStatus, 'withdrawn'>;
  /** 32 bytes; equal ones in one list are the same entry. */
  readonly identity: Uint8Array;
  readonly hashes: readonly NewHash[];
  readonly quality: number | null;
  readonly provenance: Provenance;
  readonly createdBy: string | null;
}

interface EntryRow {
  id: string;
  list: string;
  class: ContentClass;
  status: EntryStatus;
  hash_count: number;
  quality: number | null;
  provenance: Provenance;
  created_at: Date;
  updated_at: Date;
}

const columns = 'id, list, class, status, hash_count, quality, provenance, created_at, updated_at';

// Any number of entries in one statement. The unique index decides between two that enrol the same at once. `('x' || hex)::varbit`
// reads hex on every PostgreSQL; the assignment to bit(256) refuses a wrong length, where a cast to bit(256) would pad it silently.
const insertEntries = `
  with given as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bytea[], $6::int2[], $7::int2[], $8::jsonb[], $9::text[])
      as g (id, list, class, status, identity, hash_count, quality, provenance, created_by)
  ), inserted as (
    insert into entry (id, list, class, status, identity, hash_count, quality, provenance, created_by)
    select g.id, l.id, coalesce(g.class, l.class), g.status, g.identity, g.hash_count, g.quality, g.provenance, g.created_by
    from given g join hash_list l on l.id = g.list
    on conflict (list, identity) where status <> 'withdrawn' do nothing
    returning ${columns}
  ), hashes as (
    insert into hash (entry, algorithm, variant, bits, digest, quality)
    select i.id, h.algorithm, h.variant,
      case when h.algorithm in ('pdq', 'blockhash') then ('x' || h.hex)::varbit end,
      case when h.algorithm in ('md5', 'sha1', 'sha256') then decode(h.hex, 'hex') end,
      h.quality
    from unnest($10::uuid[], $11::text[], $12::text[], $13::text[], $14::int2[]) as h (entry, algorithm, variant, hex, quality)
    join inserted i on i.id = h.entry
  ), changed as (
    insert into change (kind, subject) select 'entry', id::text from inserted
  )
  select * from inserted`;

const selectStanding = `select ${columns} from entry where list = $1 and identity = $2 and status <> 'withdrawn'`;
const selectEntry = `select ${columns} from entry where id = $1`;

// A draft holds what a flagger said: an analyst's enrolment takes nothing from it, it takes its place.
const supersedeDraft = `
  with superseded as (
    update entry set status = 'withdrawn', withdrawn_because = 'superseded by an enrolment', updated_at = now()
    where id = $1 and status = 'draft' returning id
  )
  insert into change (kind, subject) select 'entry', id::text from superseded`;

// Two that complete an entry at once come one after the other: the second looks for what is missing only once it holds the row.
const lockVerified = `select ${columns} from entry where id = $1 and status = 'verified' for update`;

// Hashes of kinds the standing entry lacks, e.g. those of the picture where only digests were known.
const completeEntry = `
  with missing as (
    select h.* from unnest($2::text[], $3::text[], $4::text[], $5::int2[]) as h (algorithm, variant, hex, quality)
    where not exists (select from hash k where k.entry = $1 and k.algorithm = h.algorithm and k.variant = h.variant)
  ), added as (
    insert into hash (entry, algorithm, variant, bits, digest, quality)
    select $1, algorithm, variant,
      case when algorithm in ('pdq', 'blockhash') then ('x' || hex)::varbit end,
      case when algorithm in ('md5', 'sha1', 'sha256') then decode(hex, 'hex') end,
      quality
    from missing returning 1
  ), changed as (
    insert into change (kind, subject) select 'entry', $1::text where exists (select from added)
  )
  update entry set hash_count = hash_count + (select count(*) from added), quality = coalesce(entry.quality, $6), updated_at = now()
  where id = $1 and exists (select from added) returning ${columns}`;

const withdrawEntry = `
  with withdrawn as (
    update entry set status = 'withdrawn', withdrawn_because = $2, updated_at = now()
    where id = $1 and status <> 'withdrawn' returning ${columns}
  ), changed as (
    insert into change (kind, subject) select 'entry', id::text from withdrawn
  )
  select * from withdrawn union all
  select ${columns} from entry where id = $1 and status = 'withdrawn'`;

const selectPage = `
  select ${columns} from entry
  where ($1::text is null or list = $1) and ($2::text is null or status = $2) and ($3::uuid is null or id > $3)
  order by id limit $4`;

const selectMany = `select ${columns} from entry where id = any($1::uuid[])`;

export class EntryStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores an entry with its hashes, or finds the one that stands for the same content in that list.
   *
   * A verified enrolment takes the place of a standing draft, and adds to a verified entry the kinds of hashes it lacks. Undefined:
   * there is no such list.
   */
  async create(entry: NewEntry): Promise<{ entry: Entry; created: boolean } | undefined> {
    // Again where the standing entry went away, or was a draft, between the refused insert and now.
    for (let attempt = 0; attempt < 3; attempt++) {
      const [inserted] = await insert(this.database, [entry]);
      if (inserted) return { entry: entryOf(inserted), created: true };
      const [standing] = await this.database.query<EntryRow>(selectStanding, [entry.list, Buffer.from(entry.identity)]);
      if (!standing) continue;
      if (entry.status === 'draft') return { entry: entryOf(standing), created: false };
      if (standing.status === 'draft') await this.database.query(supersedeDraft, [standing.id]);
      else return { entry: await this.complete(standing, entry), created: false };
    }
    return undefined;
  }

  /** Stores many entries in one statement, skipping those that stand already; gives the number stored. For bulk loads. */
  async createMany(entries: readonly NewEntry[]): Promise<number> {
    return (await insert(this.database, entries)).length;
  }

  /** By UUID. */
  async get(uuid: string): Promise<Entry | undefined> {
    const [row] = await this.database.query<EntryRow>(selectEntry, [uuid]);
    return row && entryOf(row);
  }

  /** By UUIDs, in no order; unknown ones are absent. */
  async many(uuids: readonly string[]): Promise<Entry[]> {
    return (await this.database.query<EntryRow>(selectMany, [uuids])).map(entryOf);
  }

  /** Entries after the UUID `after`, oldest first. */
  async page(filter: { list?: string; status?: EntryStatus; after?: string; limit: number }): Promise<Entry[]> {
    const parameters = [filter.list ?? null, filter.status ?? null, filter.after ?? null, filter.limit];
    return (await this.database.query<EntryRow>(selectPage, parameters)).map(entryOf);
  }

  /** Ends an entry's matching; a withdrawn one stays as it is. Undefined: there is no such entry. */
  async withdraw(uuid: string, reason: string): Promise<Entry | undefined> {
    const [row] = await this.database.query<EntryRow>(withdrawEntry, [uuid, reason]);
    return row && entryOf(row);
  }

  private async complete(standing: EntryRow, { hashes, quality }: NewEntry): Promise<Entry> {
    const kinds = [hashes.map(({ algorithm }) => algorithm), hashes.map(({ variant }) => variant)];
    const values = [hashes.map(({ hex }) => hex), hashes.map((hash) => hash.quality)];
    return this.database.transaction(async (tx) => {
      const [locked] = await tx.query<EntryRow>(lockVerified, [standing.id]);
      if (!locked) return entryOf(standing);
      const [completed] = await tx.query<EntryRow>(completeEntry, [standing.id, ...kinds, ...values, quality]);
      return entryOf(completed ?? locked);
    });
  }
}

function insert(database: Queryable, entries: readonly NewEntry[]): Promise<EntryRow[]> {
  const ids = entries.map(() => uuidv7());
  const hashes = entries.flatMap((entry, at) => entry.hashes.map((hash) => ({ ...hash, entry: ids[at] })));
  return database.query<EntryRow>(insertEntries, [
    ids,
    entries.map(({ list }) => list),
    entries.map((entry) => entry.class ?? null),
    entries.map(({ status }) => status),
    entries.map(({ identity }) => Buffer.from(identity)),
    entries.map((entry) => entry.hashes.length),
    entries.map(({ quality }) => quality),
    entries.map(({ provenance }) => JSON.stringify(provenance)),
    entries.map(({ createdBy }) => createdBy),
    hashes.map(({ entry }) => entry),
    hashes.map(({ algorithm }) => algorithm),
    hashes.map(({ variant }) => variant),
    hashes.map(({ hex }) => hex),
    hashes.map(({ quality }) => quality),
  ]);
}

function entryOf(row: EntryRow): Entry {
  // Every list of today asks for one analyst and nobody's confirmation.
  const confirmed = row.status === 'draft' ? 0 : 1;
  return {
    id: entryIdOf(row.id),
    list: row.list,
    class: row.class,
    status: row.status,
    verification: { people: confirmed, organisations: confirmed, required: 0 },
    hashCount: row.hash_count,
    quality: row.quality,
    provenance: row.provenance,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
