import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { JobState } from '../../service/jobs/job.js';
import type { Jobs } from '../../service/jobs/jobs.js';

const jobStatuses = ['not_started', 'waiting', 'running', 'failing', 'standby', 'closed'] as const;

const jobsQuerySchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
const jobsSchema = z.strictObject({
  items: z
    .array(z.strictObject({ job: z.string(), startedAt: z.string(), endedAt: z.string(), deleted: z.number() }))
    .describe('deletions by any node, newest first: proof that data past its retention period is gone'),
  jobs: z
    .array(
      z.strictObject({
        name: z.string(),
        status: z.enum(jobStatuses).describe('standby: the leader runs the job'),
        leaderOnly: z.boolean().describe('true: one node runs the job for all nodes'),
        everySeconds: z.number(),
        runs: z.number(),
        failures: z.number(),
        failuresInARow: z.number().describe('failures since the last success'),
        lastStartedAt: z.string().nullable(),
        lastSuccessAt: z.string().nullable(),
        lastError: z.string().nullable().describe('code or class of the last error; the log has its text'),
      }),
    )
    .describe('the background jobs of the node that answers'),
  node: z.string().describe('the node that answers'),
  leader: z
    .strictObject({ node: z.string(), since: z.string() })
    .nullable()
    .describe('the node that runs the jobs with leaderOnly; null: none at the moment'),
});

/** `GET /v1/jobs`: what runs in the background, whether it works, and what it deleted. */
export function jobRoutes(app: FastifyInstance, jobs: Jobs): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/jobs',
    {
      config: { access: ['operator', 'auditor'] },
      schema: {
        summary: 'Background jobs and the data they deleted',
        querystring: jobsQuerySchema,
        response: { 200: jobsSchema },
      },
    },
    async ({ query }) => {
      const deletions = await jobs.deletions(query.limit);
      const items = deletions.map(({ startedAt, endedAt, ...run }) => ({
        ...run,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt.toISOString(),
      }));
      const { node, leader } = await jobs.nodes();
      return {
        ...{ items, jobs: jobs.states().map(shown), node },
        leader: leader && { node: leader.node, since: leader.since.toISOString() },
      };
    },
  );
}

function shown({ everyMs, lastStartedAt, lastSuccessAt, ...state }: JobState) {
  return { ...state, everySeconds: everyMs / 1_000, lastStartedAt: isoOf(lastStartedAt), lastSuccessAt: isoOf(lastSuccessAt) };
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
