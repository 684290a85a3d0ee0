import { fastify } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Measured } from '../../src/http/metrics.js';
import { startMetricsServer } from '../../src/http/metrics-server.js';
import { RequestNumbers } from '../../src/http/request-numbers.js';
import { jobRoutes } from '../../src/http/routes/jobs.js';
import { Jobs } from '../../src/service/jobs/jobs.js';

const deletion = { job: 'verdicts', startedAt: new Date(0), endedAt: new Date(1_000), deleted: 3 };
const broken = {
  name: 'broken',
  everyMs: 2,
  run: async () => {
    throw new TypeError('a table is missing');
  },
};
const idle = { name: 'idle', everyMs: 3_600_000, run: async () => {} };

const jobs = new Jobs([broken, idle], { runs: async () => [deletion] }, pino({ level: 'silent' }));
const app = fastify().setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
jobRoutes(app, jobs);

beforeAll(async () => {
  jobs.start();
  await vi.waitFor(() => expect(jobs.states()[0]?.failuresInARow).toBeGreaterThan(1));
  await jobs.close();
});
afterAll(() => app.close());

describe('GET /v1/jobs', () => {
  it('shows a job that keeps failing, without the text of its error', async () => {
    const answer = await app.inject('/v1/jobs');
    const { jobs: shown } = answer.json();
    expect(shown[0]).toMatchObject({ name: 'broken', lastError: 'TypeError', lastSuccessAt: null });
    expect(shown[0].failuresInARow).toBeGreaterThan(1);
    expect(answer.body).not.toContain('table');
  });

  it('shows what was deleted', async () => {
    const { items } = (await app.inject('/v1/jobs')).json();
    expect(items).toEqual([
      { job: 'verdicts', startedAt: '1970-01-01T00:00:00.000Z', endedAt: '1970-01-01T00:00:01.000Z', deleted: 3 },
    ]);
  });
});

describe('the metrics', () => {
  it('count the failures of each job', async () => {
    const metrics = await startMetricsServer(measured(jobs), { host: '127.0.0.1', port: 0 });
    const text = await (await fetch(metrics.url)).text();
    await metrics.close();
    expect(text).toMatch(/^vigie_job_failures_in_a_row\{job="broken"\} [1-9]/m);
    expect(text).toMatch(/^vigie_job_failures_total\{job="idle"\} 0$/m);
    expect(text).toMatch(/^vigie_job_last_success_timestamp_seconds\{job="broken"\} Nan$/m);
  });
});

function measured(real: Jobs): Measured {
  return {
    index: { size: 0, compactions: { begun: 0, ended: 0 } },
    follower: { freshness: () => ({ ageMs: 0 }), backlog: 0 },
    imaging: { stats: () => ({ queued: 0, inFlight: 0, restarts: 0 }) },
    verdictLog: { pending: 0, refused: 0, unmatched: 0 },
    auditSealing: { unsealed: 0, anchorAgeSeconds: 0 },
    guard: { alerts: 0, limited: 0 },
    quotas: { refused: 0 },
    canaryWatch: { matches: 0 },
    idempotency: { replayed: 0 },
    imageFetcher: { outcomes: new Map() },
    exchangeRunner: { last: [{ id: 'ncmec', failures: 2, silentSeconds: 5 }] },
    recallCheck: { asked: 0, failed: 0, undecided: 0, differs: false },
    ...{ jobs: real, numbers: new RequestNumbers(), workers: { queued: 0 } },
    database: { pool: { totalCount: 1, idleCount: 1, waitingCount: 0 } },
    legalRequestCounts: { last: undefined },
  };
}
