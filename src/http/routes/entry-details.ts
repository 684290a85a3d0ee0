import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { EntryDetails } from '../../service/entries/entry-details.js';
import { callerOf } from '../hooks/access.js';
import { entryIdSchema, previewSchema } from '../schemas/entry.js';
import { activityQuerySchema, activitySchema, entryHashesSchema } from '../schemas/entry-details.js';

export function entryDetailRoutes(app: FastifyInstance, details: EntryDetails): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['analyst', 'reviewer'] as const };
  const params = entryIdSchema;
  routes.get(
    '/v1/entries/:id/activity',
    {
      config,
      schema: {
        summary: 'See how often an entry matched',
        description: 'Verdicts by day, and reports of false positives, of all platforms together.',
        params,
        querystring: activityQuerySchema,
        response: { 200: activitySchema },
      },
    },
    async (request) => details.activity(callerOf(request).organisation, request.params.id, request.query.days),
  );
  routes.get(
    '/v1/entries/:id/hashes',
    { config, schema: { summary: 'List the kinds of hashes of an entry', params, response: { 200: entryHashesSchema } } },
    async (request) => details.hashes(callerOf(request).organisation, request.params.id),
  );
  routes.get(
    '/v1/entries/:id/preview',
    {
      config,
      schema: {
        summary: 'See what a stored entry matches',
        description: 'As POST /v1/entries/preview does for new hashes. The entry itself is not among `entries`.',
        params,
        response: { 200: previewSchema },
      },
    },
    async (request) => details.preview(callerOf(request).organisation, request.params.id),
  );
}
