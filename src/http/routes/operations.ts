import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Operations } from '../../service/operations/operations.js';
import { overviewSchema, trafficQuerySchema, trafficSchema } from '../schemas/operations.js';

/** `/v1/operations`: what operators see of all nodes. */
export function operationsRoutes(app: FastifyInstance, operations: Operations): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['operator', 'auditor'] } as const;
  routes.get(
    '/v1/operations',
    { config, schema: { summary: 'See how the installation is', response: { 200: overviewSchema } } },
    async () => operations.overview(),
  );
  routes.get(
    '/v1/operations/traffic',
    {
      config,
      schema: {
        summary: 'See requests, verdicts and times over time',
        description: 'Of all nodes. A node adds its numbers every ten seconds.',
        querystring: trafficQuerySchema,
        response: { 200: trafficSchema },
      },
    },
    async ({ query }) => operations.traffic(query.hours),
  );
}
