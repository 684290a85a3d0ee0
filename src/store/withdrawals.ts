import { setup } from '../domain/actor.js';
import { entryIdOf } from '../domain/entry.js';
import { appendAct } from './audit.js';
import { endAllClaims } from './claims.js';
import type { Database, Queryable } from './database.js';

/** A withdrawal, or its undoing. */
export interface WithdrawalEvent {
  /** Of the line in the entry's history. */
  readonly id: number;
  readonly entry: string;
  readonly event: 'withdraw' | 'restore';
  readonly byVictim: boolean;
  /** Keyed hashes of the content: hex, 32 bytes each. */
  readonly marks: readonly string[];
  readonly at: Date;
}

const selectLast = 'select coalesce(max(id), 0)::int as last from entry_event';
const selectAfter = `
  select v.id::int as id, v.entry, v.event, v.at, coalesce(t.by_victim, false) as "byVictim",
    array(select encode(m.mark, 'hex') from tombstone_mark m where m.entry = v.entry order by 1) as marks
  from entry_event v left join tombstone t on t.entry = v.entry
  where v.id > $1 and v.event in ('withdraw', 'restore') order by v.id limit $2`;

const lockEntry = 'select status from entry where id = $1 for update';
const deleteHashes = 'delete from hash where entry = $1';
// Notes and metadata of platforms.
const forgetHmaContent = 'delete from hma_content where entry = $1';
// As a withdrawal does.
const withdrawEntry = `
  update entry set status = 'withdrawn', identity = sha256(convert_to(id::text, 'UTF8')), updated_at = now(),
    withdrawal_person = null, withdrawal_reason = null, withdrawal_at = null
  where id = $1`;
const insertEvent = `
  insert into entry_event (entry, event, reason, came_from, went_to) values ($1, 'withdraw', $2, $3, 'withdrawn')`;
const insertTombstone = `
  insert into tombstone (entry, list, stood, by_victim, erasure_at, at)
  select id, list, $2, $3, case when $3 then $4::timestamptz end, $4 from entry where id = $1
  on conflict (entry) do update set sealed = null, sealed_until = null, by_victim = excluded.by_victim,
    erasure_at = excluded.erasure_at, erasure_waits = false`;
const insertMarks = `
  insert into tombstone_mark (list, mark, entry)
  select e.list, decode(m, 'hex'), e.id from entry e, unnest($2::text[]) m where e.id = $1 on conflict do nothing`;
const reason = 'withdrawn after the backup was made';

export class WithdrawalStore {
  constructor(private readonly database: Database) {}

  async lastEvent(): Promise<number> {
    const [row] = await this.database.query<{ last: number }>(selectLast);
    return row?.last ?? 0;
  }

  /** In the order of their ids. */
  after(id: number, limit: number): Promise<WithdrawalEvent[]> {
    return this.database.query<WithdrawalEvent & Record<string, unknown>>(selectAfter, [id, limit]);
  }
}

/** Withdraws entries of a restored backup for good. Returns how many were not withdrawn in the backup. */
export async function withdrawRestored(tx: Queryable, withdrawals: readonly WithdrawalEvent[]): Promise<number> {
  let count = 0;
  for (const { entry, byVictim, marks, at } of withdrawals) {
    const [found] = await tx.query<{ status: string }>(lockEntry, [entry]);
    const isWithdrawn = found?.status === 'withdrawn';
    // The seal of an earlier withdrawal must not outlive an erasure.
    if (!found || (isWithdrawn && !byVictim)) continue;
    await tx.query(deleteHashes, [entry]);
    await tx.query(forgetHmaContent, [entry]);
    await tx.query(withdrawEntry, [entry]);
    await tx.query(insertTombstone, [entry, found.status, byVictim, at]);
    await tx.query(insertMarks, [entry, marks]);
    await endAllClaims(tx, entry, { reason, person: null });
    if (isWithdrawn) continue;
    count++;
    await tx.query(insertEvent, [entry, reason, found.status]);
    const detail = { reason, from: found.status, to: 'withdrawn', ...(byVictim && { erasure: 'begun' }) };
    await appendAct(tx, { actor: setup, act: 'entry.withdraw', subject: entryIdOf(entry), detail });
  }
  return count;
}
