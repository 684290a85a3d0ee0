import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { EntryLeases } from '../../service/entries/entry-leases.js';
import type { ReviewQueue } from '../../service/entries/review-queue.js';
import { callerOf } from '../hooks/access.js';
import { entryIdSchema } from '../schemas/entry.js';
import { noContentSchema } from '../schemas/no-content.js';
import { leaseSchema, queueItemSchema, queuePageSchema, queueQuerySchema } from '../schemas/review-queue.js';

export interface ReviewQueueRouteParts {
  readonly reviewQueue: ReviewQueue;
  readonly entryLeases: EntryLeases;
}

export function reviewQueueRoutes(app: FastifyInstance, { reviewQueue, entryLeases }: ReviewQueueRouteParts): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['analyst', 'reviewer'] as const };
  routes.get(
    '/v1/queue',
    {
      config,
      schema: {
        summary: 'List the entries that wait for a person',
        description: 'Drafts, disputed and quarantined entries of the lists that your organisation may read, oldest first.',
        querystring: queueQuerySchema,
        response: { 200: queuePageSchema },
      },
    },
    async (request) => reviewQueue.page(callerOf(request), request.query),
  );
  routes.get(
    '/v1/queue/:id',
    {
      config,
      schema: {
        summary: 'See one entry as the queue shows it',
        description: 'Says who works on the entry, and whether you could decide about it. The entry need not be waiting.',
        params: entryIdSchema,
        response: { 200: queueItemSchema },
      },
    },
    async (request) => reviewQueue.item(callerOf(request), request.params.id),
  );
  routes.put(
    '/v1/entries/:id/lease',
    {
      config,
      schema: {
        summary: 'Work on an entry',
        description:
          'For ten minutes nobody else can confirm, reject or release the entry. Send it again to renew the lease. Your decision ends it.',
        params: entryIdSchema,
        response: { 200: leaseSchema },
      },
    },
    async (request) => {
      const { id } = request.params;
      const until = await entryLeases.take(callerOf(request), id);
      return { entry: id, until: until.toISOString(), mine: true as const };
    },
  );
  routes.delete(
    '/v1/entries/:id/lease',
    {
      config,
      schema: { summary: 'Stop working on an entry', params: entryIdSchema, response: { 204: noContentSchema } },
    },
    async (request, reply) => {
      await entryLeases.end(callerOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
}
