import type { Database } from './database.js';

export interface StoredKind {
  readonly algorithm: string;
  readonly variant: string;
  readonly quality: number | null;
}

export interface VerdictCount {
  /** In UTC, such as 2026-11-30. */
  readonly day: string;
  readonly verdict: string;
  readonly count: number;
}

export interface FalsePositive {
  readonly at: Date;
  readonly reason: string | null;
}

const selectKinds = 'select algorithm, variant, quality from hash where entry = $1 order by ordinal';
// The identity of a withdrawn entry is of its id only.
const selectIdentity = "select identity from entry where id = $1 and status <> 'withdrawn'";
const selectVerdicts = `
  select to_char(answered_at at time zone 'UTC', 'YYYY-MM-DD') as day, verdict, count(*)::int as count from verdict
  where jsonb_path_query_array(matches, '$[*].entry') @> jsonb_build_array($1::text) and answered_at >= $2
  group by 1, 2 order by 1, 2`;
const countFalsePositives = `
  select count(*)::int as count from feedback where entry = $1 and outcome = 'false_positive'`;
const selectFalsePositives = `
  select at, reason from feedback where entry = $1 and outcome = 'false_positive' order by at desc limit $2`;

/** What is known about an entry beside its own row. Never a hash. */
export class EntryDetailStore {
  constructor(private readonly database: Database) {}

  kinds(uuid: string): Promise<StoredKind[]> {
    return this.database.query<StoredKind & Record<string, unknown>>(selectKinds, [uuid]);
  }

  /** Undefined for a withdrawn entry. */
  async identity(uuid: string): Promise<Uint8Array | undefined> {
    const [row] = await this.database.query<{ identity: Buffer }>(selectIdentity, [uuid]);
    return row?.identity;
  }

  /** Verdicts of all organisations with a match of the entry, which is given by its public id. */
  verdicts(entry: string, since: Date): Promise<VerdictCount[]> {
    return this.database.query<VerdictCount & Record<string, unknown>>(selectVerdicts, [entry, since]);
  }

  /** The newest reports first, up to `limit` of them. */
  async falsePositives(uuid: string, limit: number): Promise<{ count: number; reports: FalsePositive[] }> {
    const [row] = await this.database.query<{ count: number }>(countFalsePositives, [uuid]);
    type Row = FalsePositive & Record<string, unknown>;
    return { count: row?.count ?? 0, reports: await this.database.query<Row>(selectFalsePositives, [uuid, limit]) };
  }
}
