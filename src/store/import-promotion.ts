import type { Actor } from '../domain/actor.js';
import { VigieError } from '../domain/errors.js';
import type { Import, ImportReport } from '../domain/import.js';
import { appendAct } from './audit.js';
import type { Database, Queryable } from './database.js';
import { buryEntries, type Seal } from './entry-burial.js';
import { columnsFromHex } from './hash-value.js';
import { manyRecords, ownClaims, ownClaimsOfMany } from './own-claims.js';

const lockList = 'select id from hash_list where id = $1 and deleted_at is null for share';
// Two large files of the same content, in other orders, would wait for each other: PostgreSQL would end one of them.
const waitForTurn = "select pg_advisory_xact_lock(hashtextextended('vigie import into ' || $1, 0))";
const selectExchange = `
  select i.exchange, x.id is not null as current from import i
  left join exchange x on x.id = i.exchange and x.list = i.list and x.generation = i.generation
  where i.id = $1`;
const moveCheckpoint = `
  update exchange x set checkpoint = i.checkpoint, checkpoint_at = now(), generation = i.next_generation
  from import i where i.id = $1 and x.id = i.exchange and x.list = i.list and x.generation = i.generation returning x.id`;

// The first of several records with one id counts: another would become an entry that nobody claims.
const forgetRepeated = `
  delete from import_record where ctid = any(array(
    select ctid from (
      select ctid, row_number() over (partition by source_id order by number) as nth from import_record where import = $1
    ) r where nth > 1))`;
// Claims whose records are gone, withdrawn, or show other content now.
const endClaims = (own: string) => `
  with record as materialized (
    select distinct on (source_id) source_id, entry, identity from import_record where import = $1 order by source_id, number
  ), own as materialized (${own}),
  ending as (
    select own.entry, own.id from own
    left join record r on r.source_id = own.source_id
    left join entry e on r.entry is not null and e.list = $2 and e.identity = r.identity and e.status <> 'withdrawn'
    where case when r.source_id is null then $5 else r.entry is null or own.entry is distinct from e.id end
  )
  update claim c set ended_at = now(), ended_because = 'the source changed', ended_in = $1
  from ending where c.entry = ending.entry and c.id = ending.id`;
// The entry was withdrawn here before the source took its record back: a restoration must not open the claim again.
const forgetWithdrawn = `
  update claim c set ended_with_entry = false
  from import_record r
  where r.import = $1 and r.entry is null and c.list = $2 and c.source = $4 and c.source_id = r.source_id and c.ended_with_entry
    and (c.organisation = $3 or ($3::text is null and c.organisation is null))`;

const chunk = 'r.import = $1 and r.number > $2 and r.number <= $3';
const insertEntries = `
  with inserted as (
  insert into entry (id, list, class, status, flagged, identity, hash_count, quality, provenance, source_codes, series, synthetic,
    expires_at, created_by, organisation, person, people_required)
  select r.entry, l.id, coalesce(r.class, l.class), r.status, false, r.identity, cardinality(r.hexes), r.quality, r.provenance,
    r.source_codes, r.series, r.synthetic, r.expires_at, $5, $6, $7, r.people_required
  from import_record r join hash_list l on l.id = $4
  where ${chunk} and r.entry is not null
  order by r.number
  on conflict (list, identity) where status <> 'withdrawn' do nothing
  returning id
  )
  select (select count(*)::int from inserted) as inserted,
    (select count(*)::int from import_record r where ${chunk} and r.entry is not null) as listed`;
const hasTombstones = 'select exists (select from tombstone_mark where list = $1) as present';
// In a statement of its own: the insert may have waited for a withdrawal, whose marks only a later statement sees.
const deleteMarked = `
  delete from entry e using import_record r
  where ${chunk} and e.id = r.entry
    and exists (
      select from tombstone_mark t where t.list = $4 and t.mark = any(array(select decode(m, 'hex') from unnest(r.marks) m)))`;
const insertHashes = (joined: string) => `
  insert into hash (entry, algorithm, variant, bits, digest, quality)
  select r.entry, h.algorithm, h.variant, ${columnsFromHex('h')}, h.quality
  from import_record r ${joined}
  cross join lateral unnest(r.algorithms, r.variants, r.hexes, r.qualities) as h (algorithm, variant, hex, quality)
  where ${chunk} order by r.number`;
const insertClaims = `
  insert into claim (id, entry, list, organisation, person, source, source_id, provenance, facts, expires_at)
  select case when e.id = r.entry then e.id else gen_random_uuid() end, e.id, e.list, $5, $6, $7, r.source_id, r.provenance, r.facts, r.expires_at
  from import_record r join entry e on e.list = $4 and e.identity = r.identity and e.status <> 'withdrawn'
  where ${chunk} and r.entry is not null
  order by r.number
  on conflict do nothing`;
// A flagger's entry is more than a hint from now on: a later enrolment must not replace it, and the claim with it.
const endHints = `
  update entry e set flagged = false from import_record r
  where ${chunk} and e.list = $4 and e.identity = r.identity and e.status <> 'withdrawn' and e.flagged`;
// As src/store/claims.ts does for one entry: it expires with the last claim.
const updateExpiries = (entries: string) => `
  with moved as (
    update entry e set expires_at = c.expires_at from (
      select entry, case when bool_and(expires_at is not null) then max(expires_at) end as expires_at
      from claim where ended_at is null and entry in (${entries}) group by entry
    ) c where e.id = c.entry and e.expires_at is distinct from c.expires_at returning e.id
  )
  insert into change (kind, subject) select 'entry', id::text from moved`;
const ofStanding = `
  select e.id from import_record r join entry e on e.list = $4 and e.identity = r.identity and e.status <> 'withdrawn'
  where ${chunk} and e.id <> r.entry`;
const ofEnded = 'select entry from claim where ended_in = $1';
const noteChanges = (joined: string) => `
  insert into change (kind, subject)
  select 'entry', r.entry::text from import_record r ${joined} where ${chunk} and r.entry is not null order by r.number`;
const ofNewEntries = 'join entry e on e.id = r.entry';
// What the source says about a standing record may have changed. `offset 0`: without statistics the planner would compare each claim
// of the source with each record.
const refreshClaims = `
  update claim c set provenance = said.provenance, facts = said.facts, expires_at = said.expires_at
  from (
    select own.entry, own.id, r.provenance, r.facts, r.expires_at
    from import_record r join entry e on e.list = $4 and e.identity = r.identity and e.status <> 'withdrawn'
    cross join lateral (
      select c.entry, c.id from claim c
      where c.entry = e.id and c.list = $4 and c.source = $6 and c.source_id = r.source_id and c.ended_at is null
        and (c.organisation = $5 or ($5::text is null and c.organisation is null))
        and (c.provenance, c.facts, c.expires_at) is distinct from (r.provenance, r.facts, r.expires_at) offset 0) own
    where ${chunk}
  ) said
  where c.entry = said.entry and c.id = said.id`;
// The judgement of a source follows the source while nobody else lists the content and nobody here has looked at it.
const reclassify = `
  with moved as (
    update entry e set class = coalesce(r.class, l.class), source_codes = r.source_codes, series = r.series, synthetic = r.synthetic,
      people_required = r.people_required, status = case when e.status in ('draft', 'verified') then r.status else e.status end,
      status_since = case when e.status in ('draft', 'verified') and e.status <> r.status then now() else e.status_since end,
      updated_at = now()
    from import_record r, hash_list l, entry former
    where ${chunk} and r.entry is not null and l.id = $4 and former.id = e.id
      and e.list = $4 and e.identity = r.identity and e.status <> 'withdrawn' and e.id <> r.entry and e.people = 0
      and (e.class, e.source_codes, e.series, e.synthetic, e.people_required)
        is distinct from (coalesce(r.class, l.class), r.source_codes, r.series, r.synthetic, r.people_required)
      and not exists (
        select from claim c where c.entry = e.id and c.ended_at is null
          and (c.source, c.source_id, c.organisation) is distinct from ($6, r.source_id, $5::text))
    returning e.id, former.status as came_from, e.status as went_to
  ), told as (
    insert into entry_event (entry, event, organisation, reason, came_from, went_to)
    select id, 'reclassify', $5, 'its source ' || $6 || ' changed', came_from, went_to from moved
  )
  insert into change (kind, subject) select 'entry', id::text from moved`;
// The entries of the chunk are all new, so nobody claims them, and the records need no look at the entries.
const insertFirstClaims = `
  insert into claim (id, entry, list, organisation, person, source, source_id, provenance, facts, expires_at)
  select r.entry, r.entry, $4, $5, $6, $7, r.source_id, r.provenance, r.facts, r.expires_at
  from import_record r where ${chunk} and r.entry is not null order by r.number`;
const noteProgress = 'update import set promoted_to = $2, heard_at = now() where id = $1';
// Their claims ended in this import, and nobody else claims them.
const selectUnclaimed = `
  select e.id, e.list, e.status from entry e
  where e.id in (select entry from claim where ended_in = $1) and e.status <> 'withdrawn'
    and not exists (select from claim c where c.entry = e.id and c.ended_at is null)
  order by e.id limit $2 for update`;
const finish = `
  update import set state = 'promoted', report = $2, promoted_to = $3, heard_at = now(), ended_at = now()
  where id = $1 and state = 'promoting' returning id`;

/** Its statements take about a second each on the embedded database. */
const recordsAtOnce = 5_000;
/** They take a moment, and a withdrawal of an exchange waits for no large file. */
const recordsWithoutTurn = 1_000;
const entriesAtOnce = 1_000;
const noLimit = 0;

interface Promotion {
  readonly import: Import;
  readonly actor: Actor;
  readonly seal: Seal;
  readonly report: ImportReport;
  readonly onProgress: (promoted: number) => void;
}

export class ImportPromotionStore {
  constructor(private readonly database: Database) {}

  /**
   * Turns the staged records into entries and claims. On PostgreSQL that is one transaction. The embedded database would answer
   * nobody meanwhile, so it does it in pieces: if the process dies, the next one finishes the rest.
   *
   * @throws VigieError `not_found` when the list is gone, `conflict` when the import was cancelled.
   */
  async promote(promotion: Promotion): Promise<void> {
    if (!this.database.embedded) {
      await this.database.transaction((tx) => promoteWith((step) => step(tx), promotion, false), 'begin', noLimit);
      return;
    }
    await promoteWith((step) => this.database.transaction(step, 'begin', noLimit), promotion, true);
  }
}

type Step<Result> = (tx: Queryable) => Promise<Result>;
type Run = <Result>(step: Step<Result>) => Promise<Result>;

async function promoteWith(run: Run, promotion: Promotion, inPieces: boolean): Promise<void> {
  const { import: it, actor, report, onProgress } = promotion;
  await run((tx) => assertList(tx, it));
  if (!inPieces && report.records > recordsWithoutTurn) await run((tx) => tx.query(waitForTurn, [it.list]));
  // In pieces there is no way back: then a range that is outdated is fetched again.
  if (!inPieces) await run((tx) => assertNewest(tx, it));
  if (report.repeated > 0) await run((tx) => tx.query(forgetRepeated, [it.id]));
  const own = report.records > manyRecords ? ownClaimsOfMany : ownClaims;
  await run((tx) => tx.query(endClaims(own), [it.id, it.list, it.organisation, it.source, it.replaces]));
  await run((tx) => tx.query(forgetWithdrawn, [it.id, it.list, it.organisation, it.source]));
  for (let from = it.promotedTo; from < report.records; from += recordsAtOnce) {
    const to = Math.min(from + recordsAtOnce, report.records);
    await run(async (tx) => {
      await promoteChunk(tx, it, actor, from, to);
      if (inPieces) await tx.query(noteProgress, [it.id, to]);
    });
    onProgress(to);
  }
  await run((tx) => tx.query(updateExpiries(ofEnded), [it.id]));
  while (await run((tx) => buryUnclaimed(tx, promotion)));
  await run((tx) => end(tx, promotion, inPieces));
}

async function assertList(tx: Queryable, { list }: Import): Promise<void> {
  if ((await tx.query(lockList, [list])).length === 0)
    throw new VigieError('not_found', `list "${list}" was deleted during the import; nothing was imported`);
}

/** A node that has lost its lead may have fetched an older state. */
async function assertNewest(tx: Queryable, { id }: Import): Promise<void> {
  const [row] = await tx.query<{ exchange: string | null; current: boolean }>(selectExchange, [id]);
  if (row?.exchange === null || row?.current) return;
  throw new VigieError('conflict', 'the exchange was changed or fetched by another node meanwhile; nothing was imported');
}

async function promoteChunk(tx: Queryable, it: Import, actor: Actor, from: number, to: number): Promise<void> {
  const chunkOf = [it.id, from, to];
  const values = [...chunkOf, it.list, actor.key, it.organisation, it.person];
  const [entries] = await tx.query<{ inserted: number; listed: number }>(insertEntries, values);
  const [tombstones] = await tx.query<{ present: boolean }>(hasTombstones, [it.list]);
  if (entries?.inserted === entries?.listed && !tombstones?.present) {
    // Two thirds of the time of what follows, which looks for entries that were there before.
    await tx.query(insertHashes(''), chunkOf);
    await tx.query(insertFirstClaims, [...chunkOf, it.list, it.organisation, it.person, it.source]);
    await tx.query(noteChanges(''), chunkOf);
    return;
  }
  if (tombstones?.present) await tx.query(deleteMarked, [...chunkOf, it.list]);
  await tx.query(insertHashes(ofNewEntries), chunkOf);
  await tx.query(insertClaims, [...chunkOf, it.list, it.organisation, it.person, it.source]);
  await tx.query(refreshClaims, [...chunkOf, it.list, it.organisation, it.source]);
  await tx.query(reclassify, [...chunkOf, it.list, it.organisation, it.source]);
  await tx.query(endHints, [...chunkOf, it.list]);
  await tx.query(updateExpiries(ofStanding), [...chunkOf, it.list]);
  await tx.query(noteChanges(ofNewEntries), chunkOf);
}

/** True: there may be more. */
async function buryUnclaimed(tx: Queryable, { import: it, seal }: Promotion): Promise<boolean> {
  const entries = await tx.query<{ id: string; list: string; status: string }>(selectUnclaimed, [it.id, entriesAtOnce]);
  await buryEntries(tx, entries, seal, {
    event: 'withdraw',
    act: 'entries.withdraw',
    reason: `withdrawn by its source ${it.source}`,
  });
  return entries.length === entriesAtOnce;
}

async function end(tx: Queryable, { import: it, actor, report }: Promotion, inPieces: boolean): Promise<void> {
  const done = await tx.query(finish, [it.id, JSON.stringify(report), report.records]);
  if (done.length === 0) throw new VigieError('conflict', 'the import was cancelled; nothing was imported');
  const moved = it.exchange === null || (await tx.query(moveCheckpoint, [it.id])).length > 0;
  if (!moved && !inPieces)
    throw new VigieError('conflict', 'the exchange was fetched by another node meanwhile; nothing was imported');
  const { records, problems: _, ...counts } = report;
  const detail = { source: it.source, format: it.format, replaces: it.replaces, records, ...counts };
  await appendAct(tx, { actor, act: 'import.promote', subject: it.list, detail });
}
