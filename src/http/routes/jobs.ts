import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { RetentionJobs } from '../../service/jobs/retention-jobs.js';

const jobsQuerySchema = z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) });
const jobsSchema = z.strictObject({
  items: z.array(z.strictObject({ job: z.string(), startedAt: z.string(), endedAt: z.string(), deleted: z.number() })),
});

/** `GET /v1/jobs`: proof that what should be gone is gone. */
export function jobRoutes(app: FastifyInstance, retentionJobs: RetentionJobs): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/jobs',
    {
      config: { access: ['operator', 'auditor'] },
      schema: {
        summary: 'Runs of the jobs that delete, newest first',
        querystring: jobsQuerySchema,
        response: { 200: jobsSchema },
      },
    },
    async ({ query }) => {
      const runs = await retentionJobs.runs(query.limit);
      const shown = runs.map(({ startedAt, endedAt, ...run }) => ({
        ...run,
        startedAt: startedAt.toISOString(),
        endedAt: endedAt.toISOString(),
      }));
      return { items: shown };
    },
  );
}
