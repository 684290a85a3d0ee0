import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { actorOf } from '../../domain/key.js';
import type { Deed, EntryReview } from '../../service/entries/entry-review.js';
import { callerOf } from '../hooks/access.js';
import { entryIdSchema, entrySchema, reasonSchema, remarkSchema, withdrawSchema } from '../schemas/entry.js';

const doubts: readonly (readonly [Deed, string])[] = [
  ['reject', 'A draft is not what it claims to be'],
  ['dispute', 'Doubt an entry: it holds until as many as its list asks for have looked again'],
  ['release', 'Put an entry back that was quarantined or disputed by platforms'],
];

/** `/v1/entries/{id}/...`: who stands behind an entry, who doubts it, and how it ends. A refused transition is 409 with the current state. */
export function entryReviewRoutes(app: FastifyInstance, entryReview: EntryReview): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['analyst', 'reviewer'] as const, writes: true };
  const answer = { params: entryIdSchema, response: { 200: entrySchema } };
  routes.post(
    '/v1/entries/:id/confirm',
    { config, schema: { summary: "Stand behind somebody else's entry", body: remarkSchema, ...answer } },
    async (request) => entryReview.act('confirm', actorOf(callerOf(request)), request.params.id, request.body?.reason ?? null),
  );
  for (const [deed, summary] of doubts) {
    routes.post(`/v1/entries/:id/${deed}`, { config, schema: { summary, body: reasonSchema, ...answer } }, async (request) =>
      entryReview.act(deed, actorOf(callerOf(request)), request.params.id, request.body.reason),
    );
  }
  routes.post(
    '/v1/entries/:id/withdraw',
    {
      config: { access: ['analyst'], writes: true },
      schema: {
        summary: "End an entry's matching; past what one person may withdraw in an hour, 202 and a second person confirms",
        body: withdrawSchema,
        params: entryIdSchema,
        response: { 200: entrySchema, 202: entrySchema },
      },
    },
    async (request, reply) => {
      const { reason, byVictim } = request.body;
      const entry = await entryReview.withdraw(actorOf(callerOf(request)), request.params.id, reason, byVictim);
      reply.code(entry.status === 'withdrawn' ? 200 : 202);
      return entry;
    },
  );
  routes.post(
    '/v1/entries/:id/restore',
    {
      config: { access: ['analyst'], writes: true },
      schema: { summary: 'Undo a withdrawal of the last thirty days', body: reasonSchema, ...answer },
    },
    async (request) => entryReview.restore(actorOf(callerOf(request)), request.params.id, request.body.reason),
  );
}
