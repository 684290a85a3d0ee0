import { latencyBounds } from '../domain/latency.js';
import { type VerdictName, verdictNames } from '../domain/verdict.js';
import type { Database, Queryable } from './database.js';

/** What a node says of itself. Alerts and matches of canaries count from its start. */
export interface NodeState {
  /** Why it takes no traffic. Null: it is ready. */
  readonly why: string | null;
  readonly leads: boolean;
  readonly indexHashes: number;
  readonly indexAgeMs: number;
  readonly imagesQueued: number;
  readonly searchesQueued: number;
  readonly verdictsPending: number;
  readonly anchorAgeSeconds: number;
  readonly probingAlerts: number;
  readonly limitedKeys: number;
  readonly canaryMatches: number;
}

export interface SeenNode extends NodeState {
  readonly node: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** It said something within the last minute. */
  readonly isAlive: boolean;
}

export type VerdictCounts = Readonly<Partial<Record<VerdictName, number>>>;

export interface Traffic {
  readonly requests: number;
  /** Answers of 429. */
  readonly tooMany: number;
  /** Answers of 503. */
  readonly unavailable: number;
  readonly verdicts: VerdictCounts;
  /** Matches by time taken, one count per bound of `latencyBounds` and one for those that took longer. */
  readonly latency: readonly number[];
}

/** `at`: ms since the epoch. */
export interface TrafficAt extends Traffic {
  readonly at: number;
}

export interface Refusals {
  readonly tooMany: number;
  readonly unavailable: number;
}

export interface KeyRefusals extends Refusals {
  readonly key: string;
  readonly organisation: string;
}

const upsertState = `
  insert into node_state (node, started_at, seen_at, why, leads, index_hashes, index_age_ms, images_queued, searches_queued,
    verdicts_pending, anchor_age_seconds, probing_alerts, limited_keys, canary_matches)
  values ($1, $2, now(), $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
  on conflict (node) do update set seen_at = excluded.seen_at, why = excluded.why, leads = excluded.leads,
    index_hashes = excluded.index_hashes, index_age_ms = excluded.index_age_ms, images_queued = excluded.images_queued,
    searches_queued = excluded.searches_queued, verdicts_pending = excluded.verdicts_pending,
    anchor_age_seconds = excluded.anchor_age_seconds, probing_alerts = excluded.probing_alerts,
    limited_keys = excluded.limited_keys, canary_matches = excluded.canary_matches`;
const selectStates = `
  select node, started_at as "startedAt", seen_at as "seenAt", seen_at > now() - interval '1 minute' as "isAlive", why, leads,
    index_hashes as "indexHashes", index_age_ms as "indexAgeMs", images_queued as "imagesQueued",
    searches_queued as "searchesQueued", verdicts_pending as "verdictsPending", anchor_age_seconds as "anchorAgeSeconds",
    probing_alerts as "probingAlerts", limited_keys as "limitedKeys", canary_matches as "canaryMatches"
  from node_state where seen_at > now() - interval '1 day' order by node`;
const deleteState = 'delete from node_state where node = $1';
const upsertTraffic = `
  insert into node_traffic (node, at, requests, too_many, unavailable, verdicts, latency) values ($1, $2, $3, $4, $5, $6, $7)
  on conflict (at, node) do update set requests = excluded.requests, too_many = excluded.too_many,
    unavailable = excluded.unavailable, verdicts = excluded.verdicts, latency = excluded.latency`;
// The order prevents deadlocks between nodes.
const addRefusals = `
  insert into key_refusal (hour, api_key, too_many, unavailable)
  select date_trunc('hour', now()), k.id, u.too_many, u.unavailable
  from unnest($1::text[], $2::int[], $3::int[]) as u (api_key, too_many, unavailable) join api_key k on k.id = u.api_key
  order by k.id
  on conflict (hour, api_key) do update set
    too_many = key_refusal.too_many + excluded.too_many, unavailable = key_refusal.unavailable + excluded.unavailable`;
const selectRefusals = `
  select r.api_key as key, k.organisation, sum(r.too_many)::float8 as "tooMany", sum(r.unavailable)::float8 as unavailable
  from key_refusal r join api_key k on k.id = r.api_key where r.hour > now() - interval '1 day'
  group by r.api_key, k.organisation order by sum(r.too_many + r.unavailable) desc, r.api_key limit $1`;

// Sums by position and by name: unnesting a week of rows takes ten times as long.
const latencySums = Array.from({ length: latencyBounds.length + 1 }, (_, at) => `coalesce(sum(latency[${at + 1}]), 0)::float8`);
const verdictSums = verdictNames.map((name) => `'${name}', sum((verdicts->>'${name}')::bigint)::float8`);
const selectTraffic = `
  select (floor(extract(epoch from at) / $2) * $2 * 1000)::float8 as at, sum(requests)::float8 as requests,
    sum(too_many)::float8 as "tooMany", sum(unavailable)::float8 as unavailable,
    json_strip_nulls(json_build_object(${verdictSums.join(', ')})) as verdicts, array[${latencySums.join(', ')}] as latency
  from node_traffic where at >= $1 group by 1 order by 1`;

const deleteOld = [
  "delete from node_state where seen_at < now() - interval '1 day'",
  "delete from node_traffic where at < now() - interval '7 days'",
  "delete from key_refusal where hour < now() - interval '7 days'",
];

export class NodeStore {
  constructor(private readonly database: Database) {}

  /** Traffic replaces what the node said of these minutes before; refusals are added. */
  async report(
    node: string,
    startedAt: Date,
    state: NodeState,
    minutes: readonly TrafficAt[],
    refusals: ReadonlyMap<string, Refusals>,
  ): Promise<void> {
    await this.database.transaction(async (tx) => {
      await putState(tx, node, startedAt, state);
      for (const minute of minutes) await putTraffic(tx, node, minute);
      if (refusals.size > 0) await putRefusals(tx, refusals);
    });
  }

  async forget(node: string): Promise<void> {
    await this.database.query(deleteState, [node]);
  }

  /** Seen within a day. */
  nodes(): Promise<SeenNode[]> {
    return this.database.query<SeenNode & Record<string, unknown>>(selectStates);
  }

  /** Of all nodes since then, in steps. Steps without traffic are absent. */
  traffic(since: Date, stepSeconds: number): Promise<TrafficAt[]> {
    return this.database.query<TrafficAt & Record<string, unknown>>(selectTraffic, [since, stepSeconds]);
  }

  /** Of the last day, most first. */
  refusals(limit: number): Promise<KeyRefusals[]> {
    return this.database.query<KeyRefusals & Record<string, unknown>>(selectRefusals, [limit]);
  }

  async prune(): Promise<void> {
    for (const statement of deleteOld) await this.database.query(statement);
  }
}

async function putState(tx: Queryable, node: string, startedAt: Date, state: NodeState): Promise<void> {
  const { why, leads, indexHashes, indexAgeMs, imagesQueued, searchesQueued, verdictsPending } = state;
  const { anchorAgeSeconds, probingAlerts, limitedKeys, canaryMatches } = state;
  const now = [why, leads, indexHashes, indexAgeMs, imagesQueued, searchesQueued, verdictsPending];
  await tx.query(upsertState, [node, startedAt, ...now, anchorAgeSeconds, probingAlerts, limitedKeys, canaryMatches]);
}

async function putTraffic(tx: Queryable, node: string, minute: TrafficAt): Promise<void> {
  const { at, requests, tooMany, unavailable, verdicts, latency } = minute;
  await tx.query(upsertTraffic, [node, new Date(at), requests, tooMany, unavailable, JSON.stringify(verdicts), latency]);
}

async function putRefusals(tx: Queryable, refusals: ReadonlyMap<string, Refusals>): Promise<void> {
  const counts = [...refusals.values()];
  const [tooMany, unavailable] = [counts.map((count) => count.tooMany), counts.map((count) => count.unavailable)];
  await tx.query(addRefusals, [[...refusals.keys()], tooMany, unavailable]);
}
