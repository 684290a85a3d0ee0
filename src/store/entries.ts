import { v7 as uuidv7 } from 'uuid';
import type { Actor } from '../domain/actor.js';
import type { Algorithm } from '../domain/algorithms/registry.js';
import { type Description, type Entry, type EntryStatus, entryIdOf } from '../domain/entry.js';
import { VigieError } from '../domain/errors.js';
import type { ContentClass } from '../domain/list.js';
import { appendAct } from './audit.js';
import { claim } from './claims.js';
import type { Database, Queryable } from './database.js';
import { type EntryRow, entryColumns, entryOf } from './entry-rows.js';
import { columnsFromHex } from './hash-value.js';

export interface NewHash {
  readonly algorithm: Algorithm;
  readonly variant: string;
  readonly hex: string;
  readonly quality: number | null;
}

export interface NewEntry extends Omit<Description, 'class'> {
  readonly list: string;
  /** Absent: the list's class. */
  readonly class?: ContentClass | undefined;
  readonly status: 'draft' | 'verified';
  readonly flagged: boolean;
  /** 32 bytes, unique in a list. */
  readonly identity: Uint8Array;
  /** Keyed hashes of the hashes. The list refuses withdrawn ones. */
  readonly marks: readonly Uint8Array[];
  /** Why the list should hold content that another organisation withdrew. */
  readonly despiteWithdrawal?: string | null;
  readonly hashes: readonly NewHash[];
  readonly quality: number | null;
}

// The unique index decides between concurrent enrolments. The lock on the list waits for its deletion, and a deletion for this
// enrolment: otherwise an entry could come into a list that is gone.
const insertEntries = `
  with given as (
    select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::boolean[], $6::bytea[], $7::int2[], $8::int2[], $9::jsonb[],
        $10::jsonb[], $11::text[], $12::boolean[], $13::timestamptz[])
      as g (id, list, class, status, flagged, identity, hash_count, quality, provenance, source_codes, series, synthetic, expires_at)
  ), target as materialized (
    select id, class from hash_list where id = any($2) and deleted_at is null order by id for share
  ), marked as (
    select distinct m.entry from unnest($14::uuid[], $15::bytea[]) as m (entry, mark)
    join given g on g.id = m.entry join tombstone_mark t on t.list = g.list and t.mark = m.mark
  ), inserted as (
    insert into entry (id, list, class, status, flagged, identity, hash_count, quality, provenance, source_codes, series, synthetic,
      expires_at, created_by, organisation, person, people_required)
    select g.id, l.id, coalesce(g.class, l.class), g.status, g.flagged, g.identity, g.hash_count, g.quality, g.provenance,
      g.source_codes, g.series, g.synthetic, g.expires_at, $16, $17, $18, $25
    from given g join target l on l.id = g.list
    where $24 or g.id not in (select entry from marked)
    on conflict (list, identity) where status <> 'withdrawn' do nothing
    returning *
  ), claimed as (
    insert into claim (id, entry, list, organisation, person, provenance, expires_at)
    select id, id, list, organisation, person, provenance, expires_at from inserted
  ), hashes as (
    insert into hash (entry, algorithm, variant, bits, digest, quality)
    select i.id, h.algorithm, h.variant, ${columnsFromHex('h')}, h.quality
    from unnest($19::uuid[], $20::text[], $21::text[], $22::text[], $23::int2[]) as h (entry, algorithm, variant, hex, quality)
    join inserted i on i.id = h.entry
  ), changed as (
    insert into change (kind, subject) select 'entry', id::text from inserted
  )
  select ${entryColumns} from inserted e join hash_list l on l.id = e.list`;

// Those that bind the organisation come first: the one that withdrew the content, or had a claim on it when the list's owner withdrew it.
// A claimant binds no other: it could keep their content off the list for ever.
const selectTombstones = `
  select t.entry as id, $3::text is not distinct from t.organisation or (
      not exists (select from claim c where c.entry = t.entry and c.organisation is not distinct from t.organisation)
      and ($3 is not distinct from e.organisation
        or exists (select from claim c where c.entry = t.entry and c.organisation is not distinct from $3))) as binds
  from tombstone t join entry e on e.id = t.entry
  where t.entry = any(array(select m.entry from tombstone_mark m where m.list = $1 and m.mark = any($2::bytea[])))
  order by binds desc, t.entry`;
const peopleToOverride = 2;

const selectStanding = `
  select ${entryColumns} from entry e join hash_list l on l.id = e.list and l.deleted_at is null
  where e.list = $1 and e.identity = $2 and e.status <> 'withdrawn'`;
const selectEntry = `select ${entryColumns} from entry e join hash_list l on l.id = e.list where e.id = $1`;

const supersedeFlagged = `
  with superseded as (
    update entry set status = 'withdrawn', withdrawn_because = 'superseded by an enrolment', updated_at = now(),
      identity = sha256(convert_to(id::text, 'UTF8'))
    where id = $1 and status in ('draft', 'disputed') and flagged and people = 0 returning id
  ), gone as (
    delete from hash where entry in (select id from superseded) returning ordinal
  ), forgotten as (
    delete from hma_content where entry in (select id from superseded)
  ), ended as (
    update claim set ended_at = now(), ended_because = 'superseded by an enrolment', ended_with_entry = true
    where entry = any(array(select id from superseded)) and ended_at is null
  )
  insert into change (kind, subject, ordinals) select 'entry', id::text, array(select ordinal from gone) from superseded returning id`;

// Only the person who enrolled the entry: another person would become an author and could then confirm their own hashes. The claim has
// locked the entry in a statement of its own, so `completeEntry` sees a concurrent completion.
const selectCompletable = `
  select id from entry where id = $1 and status in ('draft', 'verified') and people = 0 and not flagged
    and person is not distinct from $2`;

const completeEntry = `
  with missing as (
    select h.* from unnest($2::text[], $3::text[], $4::text[], $5::int2[]) as h (algorithm, variant, hex, quality)
    where not exists (select from hash k where k.entry = $1 and k.algorithm = h.algorithm and k.variant = h.variant)
  ), added as (
    insert into hash (entry, algorithm, variant, bits, digest, quality)
    select $1, algorithm, variant, ${columnsFromHex('missing')}, quality from missing returning 1
  ), changed as (
    insert into change (kind, subject) select 'entry', $1::text where exists (select from added)
  )
  update entry set hash_count = hash_count + (select count(*) from added), quality = coalesce(entry.quality, $6), updated_at = now()
  where id = $1 and exists (select from added) returning id`;

const selectPage = `
  select ${entryColumns} from entry e join hash_list l on l.id = e.list
  where e.list = any($1) and ($2::text is null or e.status = $2) and ($3::uuid is null or e.id > $3)
    and (not $5 or exists (select from tombstone t where t.entry = e.id and t.erasure_waits))
    and ($6::text is null or e.series collate "C" = $6) and ($7::text is null or e.class = $7)
    and ($8::text is null or e.organisation = $8)
  order by e.id limit $4`;

const selectMany = `
  select ${entryColumns} from entry e join hash_list l on l.id = e.list where e.id = any($1::uuid[])`;

export interface PageFilter {
  readonly lists: readonly string[];
  readonly status?: EntryStatus;
  readonly erasureWaits?: boolean;
  readonly series?: string | undefined;
  readonly class?: ContentClass | undefined;
  /** That enrolled it first. */
  readonly organisation?: string | undefined;
  /** A UUID: entries after it, oldest first. */
  readonly after?: string;
  readonly limit: number;
}

export class EntryStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores an entry, or returns the existing entry with the same identity. Undefined when the list does not exist.
   *
   * An enrolment replaces an unconfirmed entry of a flagger, and adds missing kinds of hashes to one of the same person. On an existing
   * entry it makes a claim, unless it is a flagger's.
   *
   * @throws VigieError `conflict` when the list has withdrawn this content, or the organisation has too many claims on the entry.
   */
  async create(entry: NewEntry, actor: Actor): Promise<{ entry: Entry; created: boolean } | undefined> {
    // Repeats when the existing entry disappears meanwhile, or is a flagger's.
    let givesWay: string | undefined;
    for (let attempt = 0; attempt < 3; attempt++) {
      const inserted = await this.insertOne(entry, actor, givesWay);
      if (inserted) return { entry: entryOf(inserted), created: true };
      await overriddenBy(this.database, entry, actor);
      const [standing] = await this.database.query<EntryRow>(selectStanding, [entry.list, bufferOf(entry.identity)]);
      if (!standing) continue;
      if (entry.flagged) return { entry: entryOf(standing), created: false };
      if (standing.flagged && standing.people === 0) givesWay = standing.id;
      else {
        const claimed = await this.claim(standing, entry, actor);
        if (claimed) return { entry: claimed, created: false };
      }
    }
    return undefined;
  }

  /** Skips existing and withdrawn entries and returns the number stored. */
  createMany(entries: readonly NewEntry[], actor: Actor): Promise<number> {
    return this.database.transaction(async (tx) => {
      const { length } = await insert(tx, entries, actor);
      const lists = [...new Set(entries.map(({ list }) => list))];
      await appendAct(tx, { actor, act: 'entry.import', subject: lists.join(' '), detail: { entries: length } });
      return length;
    });
  }

  async get(uuid: string): Promise<Entry | undefined> {
    const [row] = await this.database.query<EntryRow>(selectEntry, [uuid]);
    return row && entryOf(row);
  }

  async many(uuids: readonly string[]): Promise<Entry[]> {
    return (await this.database.query<EntryRow>(selectMany, [uuids])).map(entryOf);
  }

  async page({ lists, status, erasureWaits = false, after, limit, ...more }: PageFilter): Promise<Entry[]> {
    const given = [more.series ?? null, more.class ?? null, more.organisation ?? null];
    const parameters = [lists, status ?? null, after ?? null, limit, erasureWaits, ...given];
    return (await this.database.query<EntryRow>(selectPage, parameters)).map(entryOf);
  }

  private insertOne(entry: NewEntry, actor: Actor, givesWay: string | undefined): Promise<EntryRow | undefined> {
    return this.database.transaction(async (tx) => {
      if (givesWay) await supersede(tx, givesWay, actor);
      const overrides = (await overriddenBy(tx, entry, actor)).length > 0;
      const [row] = await insert(tx, [entry], actor, overrides);
      if (row) {
        // The insert may have waited for a withdrawal, whose marks only a later statement sees.
        const withdrawn = await overriddenBy(tx, entry, actor);
        if (withdrawn.length > 0 && !overrides)
          throw new VigieError('overloaded', 'the list changed meanwhile: send it again', 1);
        const { list, status, class: contentClass, provenance } = entryOf(row);
        const detail = { list, status, class: contentClass, provenance };
        await appendAct(tx, { actor, act: 'entry.create', subject: entryOf(row).id, detail });
        if (overrides) {
          const because = { list, reason: entry.despiteWithdrawal, withdrawn: withdrawn.map(entryIdOf) };
          await appendAct(tx, { actor, act: 'entry.override', subject: entryOf(row).id, detail: because });
        }
      }
      return row;
    });
  }

  /** Undefined when the entry has been withdrawn meanwhile. */
  private claim(standing: EntryRow, entry: NewEntry, actor: Actor): Promise<Entry | undefined> {
    return this.database.transaction(async (tx) => {
      if (!(await claim(tx, standing.id, entry, actor))) return undefined;
      await complete(tx, standing.id, entry, actor);
      const [row] = await tx.query<EntryRow>(selectEntry, [standing.id]);
      return entryOf(row ?? standing);
    });
  }
}

async function complete(tx: Queryable, uuid: string, { hashes, quality }: NewEntry, actor: Actor): Promise<void> {
  const kinds = [hashes.map(({ algorithm }) => algorithm), hashes.map(({ variant }) => variant)];
  const values = [hashes.map(({ hex }) => hex), hashes.map((hash) => hash.quality)];
  const [completable] = await tx.query(selectCompletable, [uuid, actor.person]);
  const [completed] = completable ? await tx.query(completeEntry, [uuid, ...kinds, ...values, quality]) : [];
  if (completed) await appendAct(tx, { actor, act: 'entry.complete', subject: entryIdOf(uuid), detail: {} });
}

async function supersede(tx: Queryable, uuid: string, actor: Actor): Promise<void> {
  const [gone] = await tx.query(supersedeFlagged, [uuid]);
  if (gone) await appendAct(tx, { actor, act: 'entry.supersede', subject: entryIdOf(uuid), detail: {} });
}

/** The withdrawn entries that this one overrides. @throws VigieError `conflict` for one that it may not override. */
async function overriddenBy(tx: Queryable, entry: NewEntry, actor: Actor): Promise<string[]> {
  if (entry.marks.length === 0) return [];
  const parameters = [entry.list, entry.marks.map(bufferOf), actor.organisation];
  const tombstones = await tx.query<{ id: string; binds: boolean }>(selectTombstones, parameters);
  const [first] = tombstones;
  if (first && (first.binds || !entry.despiteWithdrawal)) throw withdrawnBefore(entry.list, first);
  return tombstones.map(({ id }) => id);
}

function withdrawnBefore(list: string, { id, binds }: { id: string; binds: boolean }): VigieError {
  const refused = `list "${list}" refuses this content: its entry ${entryIdOf(id)} is withdrawn`;
  const how = 'to list it all the same, send the field despiteWithdrawal with the reason; two people must then confirm the entry';
  return new VigieError('conflict', binds ? refused : `${refused} by another organisation; ${how}`);
}

/** Entries that override a withdrawal are drafts, and need two people whatever the list requires. */
function insert(tx: Queryable, entries: readonly NewEntry[], actor: Actor, overrides = false): Promise<EntryRow[]> {
  const ids = entries.map(() => uuidv7());
  const hashes = entries.flatMap((entry, at) => entry.hashes.map((hash) => ({ ...hash, entry: ids[at] })));
  const marks = entries.flatMap((entry, at) => entry.marks.map((mark) => ({ mark: bufferOf(mark), entry: ids[at] })));
  return tx.query<EntryRow>(insertEntries, [
    ids,
    entries.map(({ list }) => list),
    entries.map((entry) => entry.class ?? null),
    entries.map(({ status }) => (overrides ? 'draft' : status)),
    entries.map(({ flagged }) => flagged),
    entries.map(({ identity }) => bufferOf(identity)),
    entries.map((entry) => entry.hashes.length),
    entries.map(({ quality }) => quality),
    entries.map(({ provenance }) => JSON.stringify(provenance)),
    entries.map(({ sourceCodes }) => JSON.stringify(sourceCodes)),
    entries.map(({ series }) => series),
    entries.map(({ synthetic }) => synthetic),
    entries.map(({ expiresAt }) => expiresAt),
    marks.map(({ entry }) => entry),
    marks.map(({ mark }) => mark),
    actor.key,
    actor.organisation,
    actor.person,
    hashes.map(({ entry }) => entry),
    hashes.map(({ algorithm }) => algorithm),
    hashes.map(({ variant }) => variant),
    hashes.map(({ hex }) => hex),
    hashes.map(({ quality }) => quality),
    overrides,
    overrides ? peopleToOverride : 0,
  ]);
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes);
}
