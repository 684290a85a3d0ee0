import type { Database } from './database.js';

export const feedbackOutcomes = ['confirmed', 'false_positive'] as const;
export type FeedbackOutcome = (typeof feedbackOutcomes)[number];

/** What a platform says of one match it was given. */
export interface Feedback {
  readonly requestId: string;
  readonly organisation: string;
  /** The entry's UUID. */
  readonly entry: string;
  readonly outcome: FeedbackOutcome;
  readonly reason: string | null;
}

// The last word counts: who looked again may have changed their mind.
const upsertFeedback = `
  insert into feedback (request_id, organisation, entry, outcome, reason)
  select $1, $2, e.id, $4, $5 from entry e where e.id = $3
  on conflict (request_id, entry) do update set outcome = excluded.outcome, reason = excluded.reason, at = now()
  returning at`;

// Organisations, not reports: one of them can say the same a thousand times. What was said before somebody looked again is settled.
const countDoubters = `
  select count(distinct f.organisation)::int as count from feedback f
  where f.entry = $1 and f.outcome = 'false_positive' and f.at > coalesce(
    (select max(v.at) from entry_event v where v.entry = $1 and v.event in ('release', 'confirm')), '-infinity')`;

export class FeedbackStore {
  constructor(private readonly database: Database) {}

  /** Stores it, in place of what the organisation said of that match before; undefined: the entry is gone. */
  async put({ requestId, organisation, entry, outcome, reason }: Feedback): Promise<Date | undefined> {
    const [row] = await this.database.query<{ at: Date }>(upsertFeedback, [requestId, organisation, entry, outcome, reason]);
    return row?.at;
  }

  /** How many organisations call matches of this entry false since somebody last stood up for it. */
  async doubters(entry: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countDoubters, [entry]);
    return row?.count ?? 0;
  }
}
