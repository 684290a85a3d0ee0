import { createServer } from 'node:http';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { JobState } from '../service/jobs/job.js';

/** The parts whose numbers the metrics show. */
export interface Measured {
  readonly index: { readonly size: number; readonly compactions: { readonly begun: number; readonly ended: number } };
  readonly follower: { freshness(): { ageMs: number } };
  readonly imaging: { stats(): { queued: number; inFlight: number; restarts: number } };
  readonly verdictLog: { readonly pending: number; readonly refused: number; readonly unmatched: number };
  readonly auditSealing: { readonly unsealed: number; readonly anchorAgeSeconds: number };
  readonly guard: { readonly alerts: number; readonly limited: number };
  readonly quotas: { readonly refused: number };
  readonly idempotency: { readonly replayed: number };
  readonly recallCheck: {
    readonly asked: number;
    readonly failed: number;
    readonly undecided: number;
    readonly differs: boolean;
  };
  readonly jobs: { states(): readonly JobState[] };
  readonly legalRequestCounts: {
    readonly last: Readonly<Record<'order' | 'notice', { open: number; overdue: number }>> | undefined;
  };
}

const gauges: readonly [name: string, help: string, read: (measured: Measured) => number][] = [
  ['vigie_index_hashes', 'Stored hashes the index holds', ({ index }) => index.size],
  ['vigie_index_compactions_begun', 'Rebuilds of index tables begun since the last load', ({ index }) => index.compactions.begun],
  ['vigie_index_compactions_ended', 'Rebuilds of index tables done since the last load', ({ index }) => index.compactions.ended],
  [
    'vigie_index_age_seconds',
    'Seconds since the index was last known to be up to date',
    ({ follower }) => follower.freshness().ageMs / 1_000,
  ],
  ['vigie_images_queued', 'Images waiting for an imaging process', ({ imaging }) => imaging.stats().queued],
  ['vigie_images_in_flight', 'Images in imaging processes', ({ imaging }) => imaging.stats().inFlight],
  ['vigie_imaging_restarts_total', 'Imaging processes that ended unexpectedly', ({ imaging }) => imaging.stats().restarts],
  ['vigie_verdicts_pending', 'Verdicts waiting to be committed', ({ verdictLog }) => verdictLog.pending],
  [
    'vigie_verdicts_refused_total',
    'Verdicts dropped because the database refused their data',
    ({ verdictLog }) => verdictLog.refused,
  ],
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
  [
    'vigie_recall_differs',
    '1 from a difference between index and database until a rebuilt index is right again',
    ({ recallCheck }) => Number(recallCheck.differs),
  ],
  ['vigie_audit_unsealed', 'Acts without a seal at the last check', ({ auditSealing }) => auditSealing.unsealed],
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
  ['vigie_probing_alerts_total', 'Alerts about keys that sent many near variants of one picture', ({ guard }) => guard.alerts],
  [
    'vigie_probing_limited_keys',
    'Keys that see only bands because they sent too many near variants',
    ({ guard }) => guard.limited,
  ],
  ['vigie_quota_refusals_total', 'Requests and batches refused because a quota was used up', ({ quotas }) => quotas.refused],
  ['vigie_idempotent_replays_total', 'Answers repeated for an Idempotency-Key', ({ idempotency }) => idempotency.replayed],
  ['vigie_no_known_match_total', 'Verdicts of no_known_match', ({ verdictLog }) => verdictLog.unmatched],
];

/** One series per background job, with the label `job`. */
const jobGauges: readonly [name: string, help: string, read: (job: JobState) => number][] = [
  ['vigie_job_runs', 'Runs of the job since the start of the node', ({ runs }) => runs],
  ['vigie_job_failures', 'Runs of the job that failed since the start of the node', ({ failures }) => failures],
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

function registerJobGauges(registry: Registry, { jobs }: Measured): void {
  for (const [name, help, read] of jobGauges) {
    const gauge: Gauge<'job'> = new Gauge({
      ...{ name, help, registers: [registry], labelNames: ['job'] },
      collect(): void {
        for (const job of jobs.states()) gauge.set({ job: job.name }, read(job));
      },
    });
  }
}

/** Serves Prometheus metrics at `/metrics`, on loopback only: they need no key, so they must not be reachable. */
export async function startMetricsServer(measured: Measured, port: number): Promise<{ url: string; close(): Promise<void> }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const [name, help, read] of gauges) {
    const gauge: Gauge = new Gauge({ name, help, registers: [registry], collect: (): void => gauge.set(read(measured)) });
  }
  registerJobGauges(registry, measured);
  const server = createServer(async (request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://127.0.0.1:${bound}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
