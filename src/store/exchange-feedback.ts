/** Feedback on its way back to the exchanges that the records came from. */
import type { Database, Queryable } from './database.js';
import { bytesOf } from './hash-value.js';

/** What is sent once. */
export interface FeedbackKey {
  readonly exchange: string;
  readonly sourceId: string;
  readonly algorithm: string;
  readonly decision: 'confirmed' | 'false_positive';
}

/** Feedback that waits to be sent. */
export interface WaitingFeedback extends FeedbackKey {
  readonly hex: string;
  readonly failures: number;
}

// The exchange knows every hash of the entry: a record claims an entry only if all hashes are equal, or the SHA-256, which no exchange
// that takes feedback lists.
const insert = `
  insert into exchange_feedback (exchange, source_id, algorithm, decision, entry)
  select x.id, c.source_id, $3, $4, c.entry
  from claim c
  join exchange x on x.id = c.source and x.list = c.list and x.organisation is not distinct from c.organisation
  join organisation o on o.id = $2 and o.shares_feedback
  where c.entry = $1 and c.ended_at is null and x.kind = any($5)
  on conflict do nothing`;
// The exchange still lists the record, and an organisation that still agrees still says so.
const stands = `
  exists (select from claim c where c.entry = f.entry and c.source = f.exchange and c.source_id = f.source_id and c.ended_at is null)
  and exists (
    select from feedback b join organisation o on o.id = b.organisation and o.shares_feedback
    where b.entry = f.entry and b.outcome = f.decision)`;
// Mostly nothing waits. To plan the statement below takes the embedded database 3 ms, and this one 0.7 ms.
const selectWaits = 'select exists (select from exchange_feedback where sent_at is null and next_at <= now()) as waits';
// So many of each exchange, so that a long queue of one does not hold up the others. What failed comes last.
const selectDue = `
  select f.exchange, f.source_id as "sourceId", f.algorithm, f.decision, f.failures, h.hex
  from exchange x
  cross join lateral (
    select * from exchange_feedback f
    where f.exchange = x.id and f.sent_at is null and f.next_at <= now() and ${stands}
    order by f.failures, f.next_at limit $1
  ) f
  cross join lateral (
    select encode(${bytesOf('h')}, 'hex') as hex from hash h
    where h.entry = f.entry and h.algorithm = f.algorithm and h.variant = 'full' order by h.ordinal limit 1
  ) h
  where x.enabled order by f.failures, f.next_at`;
const isThis = 'exchange = $1 and source_id = $2 and algorithm = $3 and decision = $4';
const markSent = `update exchange_feedback set sent_at = now() where ${isThis}`;
const postpone = `
  update exchange_feedback set failures = failures + 1, next_at = now() + $5 * interval '1 millisecond' where ${isThis}`;
const postponeAll = `
  update exchange_feedback set next_at = now() + $2 * interval '1 millisecond'
  where exchange = $1 and sent_at is null and next_at <= now()`;
const deleteUnsent = `
  delete from exchange_feedback where ctid = any(array(
    select ctid from exchange_feedback where sent_at is null and made_at < now() - interval '30 days' limit $1)) returning 1`;

/** @param kinds of exchanges that take feedback */
export async function noteForExchanges(
  tx: Queryable,
  given: { readonly entry: string; readonly organisation: string; readonly algorithm: string; readonly outcome: string },
  kinds: readonly string[],
): Promise<void> {
  await tx.query(insert, [given.entry, given.organisation, given.algorithm, given.outcome, kinds]);
}

export class ExchangeFeedbackStore {
  constructor(private readonly database: Database) {}

  async due(limitPerExchange: number): Promise<WaitingFeedback[]> {
    const [row] = await this.database.query<{ waits: boolean }>(selectWaits);
    if (!row?.waits) return [];
    return this.database.query<WaitingFeedback & Record<string, unknown>>(selectDue, [limitPerExchange]);
  }

  /** The row stays: what was sent is not sent again. */
  async sent(one: FeedbackKey): Promise<void> {
    await this.database.query(markSent, valuesOf(one));
  }

  async postpone(one: FeedbackKey, pauseMs: number): Promise<void> {
    await this.database.query(postpone, [...valuesOf(one), pauseMs]);
  }

  /** Everything that is due for the exchange. */
  async postponeAll(exchange: string, pauseMs: number): Promise<void> {
    await this.database.query(postponeAll, [exchange, pauseMs]);
  }

  /** Deletes up to `limit` rows that could not be sent for 30 days. */
  async purge(limit: number): Promise<number> {
    return (await this.database.query(deleteUnsent, [limit])).length;
  }
}

function valuesOf({ exchange, sourceId, algorithm, decision }: FeedbackKey): string[] {
  return [exchange, sourceId, algorithm, decision];
}
