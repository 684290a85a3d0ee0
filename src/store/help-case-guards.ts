/** Counts what must hold on all nodes and after a restart: wrong tries, quotas and used proofs. */
import type { Database } from './database.js';

/** Keyed hash of a case number or an address, 32 bytes. */
export type Mark = Uint8Array;

export interface LockRule {
  /** The last try before the first lock. */
  readonly freeTries: number;
  /** Doubles with each further try. */
  readonly firstLockSeconds: number;
  readonly longestLockSeconds: number;
}

// A try counts before it is known to be wrong: otherwise a hundred tries at once would count as one.
const beginTry = `
  insert into help_case_guard as g (kind, mark, count, forget_at) values ($1, $2, 1, now() + interval '2 days')
  on conflict (kind, mark) do update set
    count = case when g.forget_at <= now() then 1 else g.count + 1 end,
    locked_until = case when g.forget_at > now() and g.count + 1 >= $3
      then now() + least($4 * power(2, least(g.count + 1 - $3, 20)), $5) * interval '1 second' end,
    forget_at = excluded.forget_at
  where g.locked_until is null or g.locked_until <= now() or g.forget_at <= now()
  returning count`;
const selectWait = `
  select ceil(extract(epoch from locked_until - now()))::int as seconds
  from help_case_guard where kind = $1 and mark = $2`;
const forgiveTries = 'delete from help_case_guard where kind = $1 and mark = $2';
const forgiveOne = `
  update help_case_guard set count = greatest(count - 1, 0), locked_until = case when count > $3 then locked_until end
  where kind = $1 and mark = $2`;
const takeOne = `
  insert into help_case_guard as g (kind, mark, count, forget_at) values ('quota', $1, 1, now() + $3 * interval '1 second')
  on conflict (kind, mark) do update set
    count = case when g.forget_at <= now() then 1 else g.count + 1 end,
    forget_at = case when g.forget_at <= now() then excluded.forget_at else g.forget_at end
  where g.forget_at <= now() or g.count < $2
  returning count`;
const selectEnd = `
  select ceil(extract(epoch from forget_at - now()))::int as seconds from help_case_guard where kind = 'quota' and mark = $1`;
const spendProof = `
  insert into help_case_guard (kind, mark, count, forget_at) values ('proof', $1, 1, now() + $2 * interval '1 second')
  on conflict (kind, mark) do nothing returning count`;
const deleteOld = `
  delete from help_case_guard where ctid = any(array(
    select ctid from help_case_guard where forget_at <= now() limit $1)) returning 1`;

export class HelpCaseGuardStore {
  constructor(private readonly database: Database) {}

  /** Counts a try. Returns the seconds to wait instead if tries are locked. */
  async beginTry(kind: 'number' | 'address', mark: Mark, rule: LockRule): Promise<number> {
    const limits = [rule.freeTries, rule.firstLockSeconds, rule.longestLockSeconds];
    const begun = await this.database.query(beginTry, [kind, Buffer.from(mark), ...limits]);
    if (begun.length > 0) return 0;
    const [row] = await this.database.query<{ seconds: number | null }>(selectWait, [kind, Buffer.from(mark)]);
    return Math.max(1, row?.seconds ?? 1);
  }

  /** The PIN was right: the number starts again from zero, and the address gets its try back. */
  async forgive(number: Mark, address: Mark | undefined, { freeTries }: LockRule): Promise<void> {
    await this.database.query(forgiveTries, ['number', Buffer.from(number)]);
    if (address) await this.database.query(forgiveOne, ['address', Buffer.from(address), freeTries]);
  }

  /** The PIN was not checked. */
  async takeBack(kind: 'number' | 'address', mark: Mark, { freeTries }: LockRule): Promise<void> {
    await this.database.query(forgiveOne, [kind, Buffer.from(mark), freeTries]);
  }

  /** Takes one of `limit` per window. Returns the seconds to wait instead if none is left. */
  async take(mark: Mark, limit: number, windowSeconds: number): Promise<number> {
    const taken = await this.database.query(takeOne, [Buffer.from(mark), limit, windowSeconds]);
    if (taken.length > 0) return 0;
    const [row] = await this.database.query<{ seconds: number }>(selectEnd, [Buffer.from(mark)]);
    return Math.max(1, row?.seconds ?? 1);
  }

  /** False: it has been used before. */
  async spendProof(mark: Mark, keptSeconds: number): Promise<boolean> {
    return (await this.database.query(spendProof, [Buffer.from(mark), keptSeconds])).length > 0;
  }

  async purge(limit: number): Promise<number> {
    return (await this.database.query(deleteOld, [limit])).length;
  }
}
