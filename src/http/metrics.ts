import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { latencyBounds } from '../domain/latency.js';
import type { JobState } from '../service/jobs/job.js';
import type { RequestNumbers, RouteNumbers } from './request-numbers.js';

/** The parts whose numbers the metrics show. */
export interface Measured {
  readonly index: { readonly size: number; readonly compactions: { readonly begun: number; readonly ended: number } };
  readonly follower: { freshness(): { ageMs: number }; readonly backlog: number };
  readonly database: {
    readonly pool: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number };
  };
  readonly workers: { readonly queued: number };
  readonly imaging: { stats(): { queued: number; inFlight: number; restarts: number } };
  readonly verdictLog: { readonly pending: number; readonly refused: number; readonly unmatched: number };
  readonly auditSealing: { readonly unsealed: number; readonly anchorAgeSeconds: number };
  readonly guard: { readonly alerts: number; readonly limited: number };
  readonly quotas: { readonly refused: number };
  readonly canaryWatch: { readonly matches: number };
  readonly idempotency: { readonly replayed: number };
  readonly recallCheck: {
    readonly asked: number;
    readonly failed: number;
    readonly undecided: number;
    readonly differs: boolean;
  };
  readonly jobs: { states(): readonly JobState[]; readonly leads: boolean };
  readonly exchangeRunner: {
    readonly last: readonly { readonly id: string; readonly failures: number; readonly silentSeconds: number }[];
  };
  readonly imageFetcher: { readonly outcomes: ReadonlyMap<string, number> };
  readonly numbers: RequestNumbers;
  readonly legalRequestCounts: {
    readonly last: Readonly<Record<'order' | 'notice', { open: number; overdue: number }>> | undefined;
  };
}

type Row = readonly [name: string, help: string, read: (measured: Measured) => number];

/** They only grow while the node runs. Every name ends in `_total`. */
const counters: readonly Row[] = [
  ['vigie_imaging_restarts_total', 'Imaging processes that ended unexpectedly', ({ imaging }) => imaging.stats().restarts],
  ['vigie_recall_audit_queries_total', 'Queries that the recall check compared', ({ recallCheck }) => recallCheck.asked],
  [
    'vigie_recall_audit_failures_total',
    'Queries for which index and database gave different answers',
    ({ recallCheck }) => recallCheck.failed,
  ],
  [
    'vigie_recall_audit_undecided_total',
    'Queries left undecided because entries near them kept changing',
    ({ recallCheck }) => recallCheck.undecided,
  ],
  ['vigie_probing_alerts_total', 'Alerts about keys that sent many near variants of one picture', ({ guard }) => guard.alerts],
  [
    'vigie_canary_matches_total',
    'Matches of canaries, which are in one exported file each',
    ({ canaryWatch }) => canaryWatch.matches,
  ],
  ['vigie_quota_refusals_total', 'Requests and batches refused because a quota was used up', ({ quotas }) => quotas.refused],
  ['vigie_idempotent_replays_total', 'Answers repeated for an Idempotency-Key', ({ idempotency }) => idempotency.replayed],
  [
    'vigie_verdicts_refused_total',
    'Verdicts dropped because the database refused their data',
    ({ verdictLog }) => verdictLog.refused,
  ],
  ['vigie_no_known_match_total', 'Verdicts of no_known_match', ({ verdictLog }) => verdictLog.unmatched],
];

const gauges: readonly Row[] = [
  ['vigie_index_hashes', 'Stored hashes the index holds', ({ index }) => index.size],
  ['vigie_index_compactions_begun', 'Rebuilds of index tables begun since the last load', ({ index }) => index.compactions.begun],
  ['vigie_index_compactions_ended', 'Rebuilds of index tables done since the last load', ({ index }) => index.compactions.ended],
  [
    'vigie_index_age_seconds',
    'Seconds since the index was last known to be up to date',
    ({ follower }) => follower.freshness().ageMs / 1_000,
  ],
  ['vigie_images_queued', 'Images waiting for an imaging process', ({ imaging }) => imaging.stats().queued],
  ['vigie_index_tasks_queued', 'Searches and digests waiting for an index worker', ({ workers }) => workers.queued],
  ['vigie_images_in_flight', 'Images in imaging processes', ({ imaging }) => imaging.stats().inFlight],
  [
    'vigie_recall_differs',
    '1 from a difference between index and database until a rebuilt index is right again',
    ({ recallCheck }) => Number(recallCheck.differs),
  ],
  ['vigie_verdicts_pending', 'Verdicts waiting to be committed', ({ verdictLog }) => verdictLog.pending],
  ['vigie_job_leader', 'Whether this node runs the jobs that one node runs for all', ({ jobs }) => (jobs.leads ? 1 : 0)],
  // NaN on the other nodes: their last check may be old.
  [
    'vigie_audit_unsealed',
    'Acts without a seal at the last check of the leader',
    ({ auditSealing, jobs }) => (jobs.leads ? auditSealing.unsealed : Number.NaN),
  ],
  [
    'vigie_audit_anchor_age_seconds',
    'Seconds since the anchor file was last up to date',
    ({ auditSealing }) => auditSealing.anchorAgeSeconds,
  ],
  // NaN until the first count: 0 would say that nothing waits.
  [
    'vigie_orders_open',
    'Removal orders without an outcome',
    ({ legalRequestCounts }) => legalRequestCounts.last?.order.open ?? Number.NaN,
  ],
  [
    'vigie_orders_overdue',
    'Removal orders past their deadline',
    ({ legalRequestCounts }) => legalRequestCounts.last?.order.overdue ?? Number.NaN,
  ],
  [
    'vigie_notices_open',
    'Notices without an outcome',
    ({ legalRequestCounts }) => legalRequestCounts.last?.notice.open ?? Number.NaN,
  ],
  [
    'vigie_notices_overdue',
    'Notices past their deadline',
    ({ legalRequestCounts }) => legalRequestCounts.last?.notice.overdue ?? Number.NaN,
  ],
  [
    'vigie_probing_limited_keys',
    'Keys that see only bands because they sent too many near variants',
    ({ guard }) => guard.limited,
  ],
  [
    'vigie_feed_backlog_entries',
    'Changed entries that the node has read from the change feed and not yet applied',
    ({ follower }) => follower.backlog,
  ],
  ['vigie_database_connections', 'Open connections of the database pool', ({ database }) => database.pool.totalCount],
  ['vigie_database_connections_idle', 'Connections of the pool that nobody uses', ({ database }) => database.pool.idleCount],
  ['vigie_database_waiting', 'Calls that wait for a connection of the pool', ({ database }) => database.pool.waitingCount],
];

type JobRow = readonly [name: string, help: string, read: (job: JobState) => number];

/** One series per background job, with the label `job`. */
const jobCounters: readonly JobRow[] = [
  ['vigie_job_runs_total', 'Runs of the job', ({ runs }) => runs],
  ['vigie_job_failures_total', 'Runs of the job that failed', ({ failures }) => failures],
];

const jobGauges: readonly JobRow[] = [
  ['vigie_job_failures_in_a_row', 'Failures of the job since its last success', ({ failuresInARow }) => failuresInARow],
  [
    'vigie_job_started',
    'Whether the job is scheduled: 0 means that it never started',
    ({ status }) => (status === 'not_started' ? 0 : 1),
  ],
  // NaN until the first success: 0 would be a date in 1970.
  [
    'vigie_job_last_success_timestamp_seconds',
    'When the job last succeeded',
    ({ lastSuccessAt }) => (lastSuccessAt ?? Number.NaN) / 1_000,
  ],
];

export function registerMetrics(registry: Registry, measured: Measured): void {
  const registers = [registry];
  for (const [name, help, read] of gauges) {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: (): void => gauge.set(read(measured)) });
  }
  for (const [name, help, read] of jobGauges) {
    const collect = (): void => {
      for (const job of measured.jobs.states()) gauge.set({ job: job.name }, read(job));
    };
    const gauge: Gauge<'job'> = new Gauge({ name, help, registers, labelNames: ['job'], collect });
  }
  exchangeGauge(registry, 'vigie_exchange_failures', 'Failures of the exchange since its last success', () =>
    measured.exchangeRunner.last.map(({ id, failures }) => [id, failures]),
  );
  exchangeGauge(registry, 'vigie_exchange_age_seconds', 'Seconds since the exchange last succeeded, on the leader', () =>
    measured.exchangeRunner.last.map(({ id, silentSeconds }) => [id, silentSeconds]),
  );
  for (const [name, help, read] of counters) count(registry, name, help, [], () => [[{}, read(measured)]]);
  for (const [name, help, read] of jobCounters)
    count(registry, name, help, ['job'], () => measured.jobs.states().map((job) => [{ job: job.name }, read(job)]));
  count(registry, 'vigie_fetches_total', 'Images fetched by URL, or not, by outcome', ['outcome'], () =>
    [...measured.imageFetcher.outcomes].map(([outcome, value]): Sample => [{ outcome }, value]),
  );
  registerRequestMetrics(registry, measured.numbers);
}

/** One series per exchange that is switched on, with the label `exchange`. */
function exchangeGauge(
  registry: Registry,
  name: string,
  help: string,
  read: () => (readonly [id: string, value: number])[],
): void {
  const gauge: Gauge<'exchange'> = new Gauge({
    ...{ name, help, registers: [registry], labelNames: ['exchange'] },
    collect: (): void => {
      gauge.reset();
      for (const [exchange, value] of read()) gauge.set({ exchange }, value);
    },
  });
}

export function registerRequestMetrics(registry: Registry, numbers: RequestNumbers): void {
  count(registry, 'vigie_http_requests_total', 'Requests by route and status', ['method', 'route', 'status'], () =>
    [...numbers.routes()].flatMap(({ method, route, statuses }) =>
      [...statuses].map(([status, value]): Sample => [{ method, route, status: String(status) }, value]),
    ),
  );
  count(registry, 'vigie_verdicts_total', 'Verdicts by route', ['route', 'verdict'], () =>
    [...numbers.verdictCounts()].map(({ route, verdict, count: value }): Sample => [{ route, verdict }, value]),
  );
  count(registry, 'vigie_refusals_total', 'Requests answered with an error, by its code', ['code'], () =>
    [...numbers.refusals].map(([code, value]): Sample => [{ code }, value]),
  );
  const unanswered = 'Answers of the HMA API without a hash or a lookup (429 and 5xx): its clients let such content through';
  count(registry, 'vigie_hma_unanswered_total', unanswered, ['route'], () =>
    hmaQuestions.flatMap((route) => failuresOf(numbers, route)),
  );
  registry.registerMetric(new RequestSeconds(numbers));
}

const hmaQuestions = ['/h/hash', '/m/lookup', '/m/raw_lookup'];

/** Also of a route that answered nothing yet: an alert sees no rise from nothing to one. */
function failuresOf(numbers: RequestNumbers, route: string): Sample[] {
  const statuses = [...numbers.routes()].flatMap((one) => (one.route === route ? [...one.statuses] : []));
  const failures = statuses.filter(([status]) => typeof status === 'number' && (status === 429 || status >= 500));
  return [[{ route }, failures.reduce((sum, [, value]) => sum + value, 0)]];
}

type Sample = readonly [labels: Record<string, string>, value: number];

/** A counter that others count. */
function count(registry: Registry, name: string, help: string, labelNames: string[], samples: () => readonly Sample[]): void {
  const counter: Counter = new Counter({
    ...{ name, help, labelNames, registers: [registry] },
    collect: (): void => {
      counter.reset();
      for (const [labels, value] of samples()) counter.inc(labels, value);
    },
  });
}

const requestSeconds = 'vigie_http_request_seconds';
const requestSecondsHelp = 'Time from the head of a request to the end of its answer';

/** Shows the buckets that `RouteNumbers` has filled. */
class RequestSeconds extends Histogram<string> {
  constructor(private readonly numbers: RequestNumbers) {
    super({ name: requestSeconds, help: requestSecondsHelp, registers: [] });
  }

  /** What the registry prints. prom-client's types leave this method out; its `get` uses it as well. */
  getForPromString() {
    const values = [...this.numbers.routes()].flatMap((route) => [...samplesOf(route)]);
    return { name: requestSeconds, help: requestSecondsHelp, type: 'histogram', values };
  }
}

function* samplesOf({ method, route, buckets, seconds }: RouteNumbers) {
  let sum = 0;
  for (const [at, inBucket] of buckets.entries()) {
    sum += inBucket;
    const le = latencyBounds[at] ?? '+Inf';
    yield { metricName: `${requestSeconds}_bucket`, labels: { method, route, le }, value: sum };
  }
  yield { metricName: `${requestSeconds}_sum`, labels: { method, route }, value: seconds };
  yield { metricName: `${requestSeconds}_count`, labels: { method, route }, value: sum };
}
