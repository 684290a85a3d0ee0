import type { Database } from './database.js';
import { noteForExchanges } from './exchange-feedback.js';

export const feedbackOutcomes = ['confirmed', 'false_positive'] as const;
export type FeedbackOutcome = (typeof feedbackOutcomes)[number];

export interface Feedback {
  readonly requestId: string;
  readonly organisation: string;
  /** The entry's UUID. */
  readonly entry: string;
  /** Of the match. */
  readonly algorithm: string;
  readonly outcome: FeedbackOutcome;
  readonly reason: string | null;
}

const upsertFeedback = `
  insert into feedback (request_id, organisation, entry, outcome, reason)
  select $1, $2, e.id, $4, $5 from entry e where e.id = $3
  on conflict (request_id, entry) do update set outcome = excluded.outcome, reason = excluded.reason, at = now()
  returning at`;

const upsertOnEntry = `
  insert into feedback (organisation, entry, outcome, reason) values ($1, $2, $3, $4)
  on conflict (organisation, entry) where request_id is null
  do update set outcome = excluded.outcome, reason = excluded.reason, at = now()`;

// One organisation can report a thousand times. A release or a confirmation settles earlier reports.
const countFalsePositives = `
  select count(distinct f.organisation)::int as count from feedback f
  where f.entry = $1 and f.outcome = 'false_positive' and f.at > coalesce(
    (select max(v.at) from entry_event v where v.entry = $1 and v.event in ('release', 'confirm')), '-infinity')`;

/** Each of them also goes back to exchanges of `kinds`, if the organisation agrees. */
export class FeedbackStore {
  constructor(private readonly database: Database) {}

  /** Replaces earlier feedback on the same match. Undefined when the entry does not exist. */
  put(given: Feedback, kinds: readonly string[]): Promise<Date | undefined> {
    const { requestId, organisation, entry, outcome, reason } = given;
    return this.database.transaction(async (tx) => {
      const [row] = await tx.query<{ at: Date }>(upsertFeedback, [requestId, organisation, entry, outcome, reason]);
      if (row) await noteForExchanges(tx, given, kinds);
      return row?.at;
    });
  }

  /** Of a partner that matched elsewhere. Replaces its earlier feedback on the entry. */
  putOnEntry(given: Omit<Feedback, 'requestId'>, kinds: readonly string[]): Promise<void> {
    const { organisation, entry, outcome, reason } = given;
    return this.database.transaction(async (tx) => {
      await tx.query(upsertOnEntry, [organisation, entry, outcome, reason]);
      await noteForExchanges(tx, given, kinds);
    });
  }

  /** How many reported a false positive since the last release or confirmation. */
  async disputingOrganisations(entry: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countFalsePositives, [entry]);
    return row?.count ?? 0;
  }
}
