import type { Database, Queryable } from './database.js';
import { bytesOf } from './hash-value.js';

/** Feedback that waits to be sent. */
export interface WaitingFeedback {
  readonly exchange: string;
  readonly sourceId: string;
  readonly algorithm: string;
  readonly decision: 'confirmed' | 'false_positive';
  /** Null: the entry no longer has it. */
  readonly hex: string | null;
  readonly failures: number;
}

type Key = Pick<WaitingFeedback, 'exchange' | 'sourceId' | 'algorithm' | 'decision'>;

const insert = `
  insert into exchange_feedback (exchange, source_id, algorithm, decision, entry)
  select x.id, c.source_id, $3, $4, c.entry
  from claim c join exchange x on x.id = c.source and x.list = c.list join organisation o on o.id = $2 and o.shares_feedback
  where c.entry = $1 and c.ended_at is null and x.kind = any($5)
  on conflict do nothing`;
const selectDue = `
  select f.exchange, f.source_id as "sourceId", f.algorithm, f.decision, f.failures,
    (select encode(${bytesOf('h')}, 'hex') from hash h
      where h.entry = f.entry and h.algorithm = f.algorithm and h.variant = 'full' order by h.ordinal limit 1) as hex
  from exchange_feedback f join exchange x on x.id = f.exchange and x.enabled
  where f.sent_at is null and f.next_at <= now() order by f.next_at limit $1`;
const whose = 'exchange = $1 and source_id = $2 and algorithm = $3 and decision = $4';
const markSent = `update exchange_feedback set sent_at = now() where ${whose}`;
const postpone = `
  update exchange_feedback set failures = failures + 1, next_at = now() + $5 * interval '1 millisecond' where ${whose}`;

/** @param kinds of exchanges that take feedback */
export async function noteForExchanges(
  tx: Queryable,
  given: { readonly entry: string; readonly organisation: string; readonly algorithm: string; readonly decision: string },
  kinds: readonly string[],
): Promise<void> {
  await tx.query(insert, [given.entry, given.organisation, given.algorithm, given.decision, kinds]);
}

export class ExchangeFeedbackStore {
  constructor(private readonly database: Database) {}

  due(limit: number): Promise<WaitingFeedback[]> {
    return this.database.query<WaitingFeedback & Record<string, unknown>>(selectDue, [limit]);
  }

  async sent(one: Key): Promise<void> {
    await this.database.query(markSent, valuesOf(one));
  }

  async postpone(one: Key, pauseMs: number): Promise<void> {
    await this.database.query(postpone, [...valuesOf(one), pauseMs]);
  }
}

function valuesOf({ exchange, sourceId, algorithm, decision }: Key): string[] {
  return [exchange, sourceId, algorithm, decision];
}
