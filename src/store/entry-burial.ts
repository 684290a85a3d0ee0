/** Withdraws many entries at once, without tombstone marks: their content may be listed again. */
import type { Queryable } from './database.js';
import type { SealedHash } from './entry-review.js';
import { bytesOf } from './hash-value.js';

export type Seal = (uuid: string, hashes: readonly SealedHash[]) => Buffer;

export interface LockedRow {
  readonly id: string;
  readonly list: string;
  readonly status: string;
}

export interface Burial {
  readonly event: 'expire' | 'withdraw';
  /** In the audit log: one act per list. */
  readonly act: 'entries.expire' | 'entries.withdraw';
  readonly reason: string;
}

const selectHashes = `
  select entry, algorithm, variant, encode(${bytesOf('hash')}, 'hex') as hex, quality
  from hash where entry = any($1::uuid[]) order by entry, ordinal`;
// A seal and a line of history per entry, and one act per list and batch (docs/decisions/0010-audit.md).
const insertTombstones = `
  with given as materialized (
    select * from unnest($1::uuid[], $2::bytea[], $4::text[], $5::text[]) as u (id, sealed, list, status)
  ), buried as (
    insert into tombstone (entry, list, stood, sealed, sealed_until, by_victim)
    select id, list, status, sealed, now() + $3 * interval '1 day', false from given
    on conflict (entry) do update set stood = excluded.stood, sealed = excluded.sealed, sealed_until = excluded.sealed_until,
      by_victim = false, at = now()
  ), ended as (
    update claim set ended_at = now(), ended_because = $8, ended_with_entry = true where entry = any($1) and ended_at is null
  ), told as (
    insert into entry_event (entry, event, reason, came_from, went_to) select id, $6, $8, status, 'withdrawn' from given
  ), appended as (
    insert into act (via, act, subject, detail)
    select 'system', $7, list, jsonb_build_object('reason', $8::text, 'count', count(*),
      'entries', jsonb_agg('ent_' || replace(id::text, '-', '')))
    from given group by list returning id
  )
  insert into act_pending (act) select id from appended`;
// After the rows that refer to the entries. PostgreSQL looks up each of them, and would find two versions.
const withdrawEntries = `
  with gone as (
    delete from hash where entry = any($1) returning entry, ordinal
  ), noted as (
    insert into change (kind, subject, ordinals)
    select 'entry', g.id::text, coalesce(o.ordinals, '{}')
    from unnest($1::uuid[]) as g (id)
    left join (select entry, array_agg(ordinal) as ordinals from gone group by entry) o on o.entry = g.id
  )
  update entry set status = 'withdrawn', updated_at = now(), identity = sha256(convert_to(id::text, 'UTF8')),
    withdrawal_person = null, withdrawal_reason = null, withdrawal_at = null
  where id = any($1)`;
// Notes and metadata of platforms.
const forgetHmaContent = 'delete from hma_content where entry = any($1)';

const undoDays = 30;

/** @param entries locked by the transaction */
export async function buryEntries(tx: Queryable, entries: readonly LockedRow[], seal: Seal, burial: Burial): Promise<void> {
  if (entries.length === 0) return;
  const uuids = entries.map(({ id }) => id);
  const hashes = new Map<string, SealedHash[]>(uuids.map((uuid) => [uuid, []]));
  const rows = await tx.query<SealedHash & { entry: string }>(selectHashes, [uuids]);
  for (const { entry, ...hash } of rows) hashes.get(entry)?.push(hash);
  const seals = uuids.map((uuid) => seal(uuid, hashes.get(uuid) ?? []));
  const stood = [entries.map(({ list }) => list), entries.map(({ status }) => status)];
  const { event, act, reason } = burial;
  await tx.query(insertTombstones, [uuids, seals, undoDays, ...stood, event, act, reason]);
  await tx.query(withdrawEntries, [uuids]);
  await tx.query(forgetHmaContent, [uuids]);
}
