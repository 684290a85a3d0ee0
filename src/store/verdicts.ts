import { uuidOfEntryId } from '../domain/entry.js';
import { victimsList } from '../domain/help-case.js';
import { commandLine } from '../domain/key.js';
import type { Removal } from '../domain/obligations.js';
import { type Candidate, isRemoval, type Match, type UnscannableReason, type VerdictName } from '../domain/verdict.js';
import type { Database } from './database.js';
import { storedRemoval } from './obligation-json.js';

export type Evidence = Omit<Candidate, 'ordinal'>;

/** Holds no hash, only what matched. */
export interface VerdictRecord {
  readonly requestId: string;
  readonly key: string;
  readonly organisation: string;
  readonly verdict: VerdictName;
  readonly reason: UnscannableReason | null;
  readonly matches: readonly Match[];
  readonly removal: Removal | null;
  readonly evidence: readonly Evidence[];
  readonly policy: Readonly<Record<string, number>>;
  readonly indexVersion: string;
  readonly answeredAt: Date;
}

interface VerdictRow {
  request_id: string;
  api_key: string;
  organisation: string;
  verdict: VerdictName;
  reason: UnscannableReason | null;
  matches: Match[];
  removal: Removal | null;
  evidence: Evidence[];
  policy: Record<string, number>;
  index_version: string;
  answered_at: Date;
}

export interface VerdictPlace {
  readonly answeredAt: Date;
  readonly requestId: string;
}

// At 2 000 verdicts per second, one commit each would be the bottleneck.
const insertVerdicts = `
  insert into verdict (request_id, api_key, organisation, verdict, reason, matches, removal, evidence, policy, index_version, answered_at)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::jsonb[], $8::jsonb[], $9::jsonb[],
    $10::text[], $11::timestamptz[])
  on conflict (request_id) do nothing`;

const columns =
  'request_id, api_key, organisation, verdict, reason, matches, removal, evidence, policy, index_version, answered_at';
const selectOne = `select ${columns} from verdict where organisation = $1 and request_id = $2`;
const selectPage = `
  select ${columns} from verdict
  where organisation = $1 and ($2::text is null or verdict = $2)
    and ($3::timestamptz is null or (answered_at, request_id) < ($3, $4))
  order by answered_at desc, request_id desc limit $5`;
// The people of these entries see how many organisations met their picture. The order prevents deadlocks between nodes.
const noteVictims = `
  insert into help_case_verdict as v (entry, organisation, held_at, removed_at)
  select e.id, u.organisation, max(u.at) filter (where not u.removed), max(u.at) filter (where u.removed)
  from unnest($1::uuid[], $2::text[], $3::boolean[], $4::timestamptz[]) as u (entry, organisation, removed, at)
  join entry e on e.id = u.entry
  group by e.id, u.organisation order by e.id, u.organisation
  on conflict (entry, organisation) do update set held_at = greatest(v.held_at, excluded.held_at),
    removed_at = greatest(v.removed_at, excluded.removed_at)`;
// By organisation, like the index. Verdicts of the command line belong to no organisation and are kept for a year.
const deleteOld = `
  delete from verdict where request_id = any(array(
    select v.request_id from (select id, verdict_days from organisation union all select $2, 365) o
    cross join lateral (
      select request_id from verdict
      where organisation = o.id and answered_at < now() - o.verdict_days * interval '1 day' limit $1) v
    limit $1))
  returning 1`;

export class VerdictStore {
  constructor(private readonly database: Database) {}

  /** A retry is safe: requests that are already stored are ignored. */
  async append(records: readonly VerdictRecord[]): Promise<void> {
    await this.database.query(insertVerdicts, [
      records.map(({ requestId }) => requestId),
      records.map(({ key }) => key),
      records.map(({ organisation }) => organisation),
      records.map(({ verdict }) => verdict),
      records.map(({ reason }) => reason),
      records.map(({ matches }) => JSON.stringify(matches)),
      records.map(({ removal }) => removal && JSON.stringify(removal)),
      records.map(({ evidence }) => JSON.stringify(evidence)),
      records.map(({ policy }) => JSON.stringify(policy)),
      records.map(({ indexVersion }) => indexVersion),
      records.map(({ answeredAt }) => answeredAt),
    ]);
    const met = records.flatMap(victimsIn);
    if (met.length === 0) return;
    await this.database.query(noteVictims, [
      met.map(({ entry }) => entry),
      met.map(({ organisation }) => organisation),
      met.map(({ removed }) => removed),
      met.map(({ at }) => at),
    ]);
  }

  async get(organisation: string, requestId: string): Promise<VerdictRecord | undefined> {
    const [row] = await this.database.query<VerdictRow>(selectOne, [organisation, requestId]);
    return row && recordOf(row);
  }

  /** Newest first. */
  async page(
    organisation: string,
    filter: { verdict?: VerdictName | undefined; after?: VerdictPlace | undefined; limit: number },
  ): Promise<VerdictRecord[]> {
    const { verdict, after, limit } = filter;
    const parameters = [organisation, verdict ?? null, after?.answeredAt ?? null, after?.requestId ?? null, limit];
    return (await this.database.query<VerdictRow>(selectPage, parameters)).map(recordOf);
  }

  async purge(limit: number): Promise<number> {
    return (await this.database.query(deleteOld, [limit, commandLine.organisation])).length;
  }
}

function victimsIn({ verdict, matches, organisation, answeredAt: at }: VerdictRecord) {
  const removed = isRemoval(verdict);
  if (!removed && verdict !== 'hold_for_review') return [];
  const entries = matches.flatMap(({ list, entry }) => (list === victimsList ? (uuidOfEntryId(entry) ?? []) : []));
  return [...new Set(entries)].map((entry) => ({ entry, organisation, removed, at }));
}

function recordOf(row: VerdictRow): VerdictRecord {
  const { organisation, verdict, reason, matches, evidence, policy } = row;
  const removal = storedRemoval(row.removal);
  const sameNames = { organisation, verdict, reason, matches, removal, evidence, policy };
  return {
    requestId: row.request_id,
    key: row.api_key,
    ...sameNames,
    indexVersion: row.index_version,
    answeredAt: row.answered_at,
  };
}
