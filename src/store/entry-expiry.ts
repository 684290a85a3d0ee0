import type { Database } from './database.js';
import type { SealedHash } from './entry-review.js';
import { bytesOf } from './hash-value.js';

// Oldest first. Nodes that expire at the same time take different entries.
const lockExpired = `
  select id, list, status from entry where expires_at <= now() and status <> 'withdrawn' order by expires_at limit $1 for update skip locked`;
const selectHashes = `
  select entry, algorithm, variant, encode(${bytesOf('hash')}, 'hex') as hex, quality
  from hash where entry = any($1::uuid[]) order by entry, ordinal`;
// A seal and a line of history per entry, and one act per list and batch (docs/decisions/0010-audit.md).
const buryEntries = `
  with given as materialized (
    select * from unnest($1::uuid[], $2::bytea[], $4::text[], $5::text[]) as u (id, sealed, list, status)
  ), buried as (
    insert into tombstone (entry, list, stood, sealed, sealed_until, by_victim)
    select id, list, status, sealed, now() + $3 * interval '1 day', false from given
    on conflict (entry) do update set stood = excluded.stood, sealed = excluded.sealed, sealed_until = excluded.sealed_until,
      by_victim = false, at = now()
  ), ended as (
    update claim set ended_at = now(), ended_because = 'expired', ended_with_entry = true
    where entry = any($1) and ended_at is null
  ), told as (
    insert into entry_event (entry, event, reason, came_from, went_to) select id, 'expire', 'expired', status, 'withdrawn' from given
  ), appended as (
    insert into act (via, act, subject, detail)
    select 'system', 'entries.expire', list, jsonb_build_object('reason', 'expired', 'count', count(*),
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

// Of entries that go on matching for others. The entries are locked as a withdrawal locks them, before their claims.
const lockExpiredClaims = `
  select c.id, c.entry from claim c join entry e on e.id = c.entry
  where c.ended_at is null and c.expires_at <= now()
    and (e.status = 'withdrawn' or e.expires_at is null or e.expires_at > now())
  order by c.expires_at limit $1 for update of e skip locked`;
const endClaims = `
  with ended as (
    update claim c set ended_at = now(), ended_because = 'expired'
    from unnest($1::uuid[], $2::uuid[]) as g (id, entry) where c.entry = g.entry and c.id = g.id and c.ended_at is null
    returning c.id, c.entry, c.list
  ), told as (
    insert into entry_event (entry, event, reason, came_from, went_to)
    select e.id, 'end_claim', 'expired', e.status, e.status from ended join entry e on e.id = ended.entry
  ), appended as (
    insert into act (via, act, subject, detail)
    select 'system', 'claims.expire', list, jsonb_build_object('reason', 'expired', 'count', count(*),
      'entries', jsonb_agg(distinct 'ent_' || replace(entry::text, '-', '')))
    from ended group by list returning id
  )
  insert into act_pending (act) select id from appended`;

const undoDays = 30;

export type Seal = (uuid: string, hashes: readonly SealedHash[]) => Buffer;

export class EntryExpiryStore {
  constructor(private readonly database: Database) {}

  /** Withdraws up to `limit` entries whose end has come, and returns their number. */
  expire(limit: number, seal: Seal): Promise<number> {
    return this.database.transaction(async (tx) => {
      const entries = await tx.query<{ id: string; list: string; status: string }>(lockExpired, [limit]);
      if (entries.length === 0) return 0;
      const uuids = entries.map(({ id }) => id);
      const hashes = new Map<string, SealedHash[]>(uuids.map((uuid) => [uuid, []]));
      const rows = await tx.query<SealedHash & { entry: string }>(selectHashes, [uuids]);
      for (const { entry, ...hash } of rows) hashes.get(entry)?.push(hash);
      const seals = uuids.map((uuid) => seal(uuid, hashes.get(uuid) ?? []));
      const stood = [entries.map(({ list }) => list), entries.map(({ status }) => status)];
      await tx.query(buryEntries, [uuids, seals, undoDays, ...stood]);
      await tx.query(withdrawEntries, [uuids]);
      return uuids.length;
    });
  }

  /** Ends up to `limit` claims whose end has come, of entries that go on, and returns their number. */
  expireClaims(limit: number): Promise<number> {
    return this.database.transaction(async (tx) => {
      const claims = await tx.query<{ id: string; entry: string }>(lockExpiredClaims, [limit]);
      if (claims.length > 0) await tx.query(endClaims, [claims.map(({ id }) => id), claims.map(({ entry }) => entry)]);
      return claims.length;
    });
  }
}
