import type { Match, UnscannableReason, VerdictName } from '../domain/verdict.js';
import type { Database } from './database.js';

/** What was answered to a request. It holds no hash: only what matched. */
export interface VerdictRecord {
  readonly requestId: string;
  readonly key: string;
  readonly organisation: string;
  readonly verdict: VerdictName;
  readonly reason: UnscannableReason | null;
  readonly matches: readonly Match[];
  readonly indexVersion: string;
  readonly answeredAt: Date;
}

/** A verdict as it is read back. */
export type AnsweredVerdict = Pick<VerdictRecord, 'requestId' | 'verdict' | 'reason' | 'matches' | 'answeredAt'>;

// One statement and one commit for all that wait: at 2 000 verdicts a second a commit each would be the bottleneck.
const insertVerdicts = `
  insert into verdict (request_id, api_key, organisation, verdict, reason, matches, index_version, answered_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::timestamptz[])
  on conflict (request_id) do nothing`;

const selectVerdict = `
  select request_id, verdict, reason, matches, answered_at from verdict where request_id = $1 and organisation = $2`;

interface VerdictRow {
  request_id: string;
  verdict: VerdictName;
  reason: UnscannableReason | null;
  matches: Match[];
  answered_at: Date;
}

export class VerdictStore {
  constructor(private readonly database: Database) {}

  /** Commits verdicts; a request that is there already is left as it is, so a retry after a lost answer is safe. */
  async append(records: readonly VerdictRecord[]): Promise<void> {
    await this.database.query(insertVerdicts, [
      records.map(({ requestId }) => requestId),
      records.map(({ key }) => key),
      records.map(({ organisation }) => organisation),
      records.map(({ verdict }) => verdict),
      records.map(({ reason }) => reason),
      records.map(({ matches }) => JSON.stringify(matches)),
      records.map(({ indexVersion }) => indexVersion),
      records.map(({ answeredAt }) => answeredAt),
    ]);
  }

  /** What was answered to a request of this organisation; nothing of another's. */
  async get(organisation: string, requestId: string): Promise<AnsweredVerdict | undefined> {
    const [row] = await this.database.query<VerdictRow>(selectVerdict, [requestId, organisation]);
    if (!row) return undefined;
    return {
      requestId: row.request_id,
      verdict: row.verdict,
      reason: row.reason,
      matches: row.matches,
      answeredAt: row.answered_at,
    };
  }
}
