import type { Database } from './database.js';
import { buryEntries, type LockedRow, type Seal } from './entry-burial.js';

// Oldest first. Nodes that expire at the same time take different entries.
const lockExpired = `
  select id, list, status from entry where expires_at <= now() and status <> 'withdrawn' order by expires_at limit $1 for update skip locked`;
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

export class EntryExpiryStore {
  constructor(private readonly database: Database) {}

  /** Withdraws up to `limit` entries whose end has come, and returns their number. */
  expire(limit: number, seal: Seal): Promise<number> {
    return this.database.transaction(async (tx) => {
      const entries = await tx.query<LockedRow & Record<string, unknown>>(lockExpired, [limit]);
      await buryEntries(tx, entries, seal, { event: 'expire', act: 'entries.expire', reason: 'expired' });
      return entries.length;
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
