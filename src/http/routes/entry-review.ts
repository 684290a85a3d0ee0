import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { actorOf } from '../../domain/key.js';
import type { Deed, EntryReview } from '../../service/entries/entry-review.js';
import { callerOf } from '../hooks/access.js';
import { parse } from '../parse.js';
import { entryIdSchema, entrySchema, reasonSchema, remarkSchema, withdrawSchema } from '../schemas/entry.js';

const doubts: readonly (readonly [deed: Deed, summary: string, description: string])[] = [
  ['reject', 'Reject a draft', 'The draft is not what it claims to be. It becomes `disputed`.'],
  [
    'dispute',
    'Dispute an entry',
    'Its confirmations are void. By default its matches lead to a hold until enough people confirm it again.',
  ],
  ['release', 'Release an entry', 'Makes an entry `verified` again that a flood quarantined or that platforms disputed.'],
];

export function entryReviewRoutes(app: FastifyInstance, entryReview: EntryReview): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const mayReplay = (right: 'verify' | undefined) => async (request: FastifyRequest) => {
    const { id } = parse(entryIdSchema, request.params);
    await entryReview.assertMaySeeAnswer(actorOf(callerOf(request)), id, right);
  };
  const config = { access: ['analyst', 'reviewer'] as const, mayReplay: mayReplay('verify') };
  const ending = { access: ['analyst'] as const, mayReplay: mayReplay(undefined) };
  const answer = { params: entryIdSchema, response: { 200: entrySchema } };
  routes.post(
    '/v1/entries/:id/confirm',
    {
      config,
      schema: {
        summary: 'Confirm an entry',
        description:
          'You agree that the entry is what it claims to be. It becomes `verified` once it has as many confirmations as its list requires. You cannot confirm your own entry.',
        body: remarkSchema,
        ...answer,
      },
    },
    async (request) => entryReview.act('confirm', actorOf(callerOf(request)), request.params.id, request.body?.reason ?? null),
  );
  for (const [deed, summary, description] of doubts) {
    const schema = { summary, description, body: reasonSchema, ...answer };
    routes.post(`/v1/entries/:id/${deed}`, { config, schema }, async (request) =>
      entryReview.act(deed, actorOf(callerOf(request)), request.params.id, request.body.reason),
    );
  }
  routes.post(
    '/v1/entries/:id/withdraw',
    {
      config: ending,
      schema: {
        summary: 'Withdraw an entry',
        description:
          'Ends the claims of your organisation. With the last claim, the entry stops matching within a second. Only an organisation with a claim and the owner of the list may do this. 202: you have withdrawn too many entries this hour, so the entry goes on matching until a second person withdraws it as well. With `byVictim` it stops matching in any case, and the second person confirms the deletion of its hashes.',
        body: withdrawSchema,
        params: entryIdSchema,
        response: { 200: entrySchema, 202: entrySchema },
      },
    },
    async (request, reply) => {
      const { reason, ...asked } = request.body;
      const { entry, waits } = await entryReview.withdraw(actorOf(callerOf(request)), request.params.id, reason, asked);
      reply.code(waits ? 202 : 200);
      return entry;
    },
  );
  routes.post(
    '/v1/entries/:id/restore',
    {
      config: ending,
      schema: {
        summary: 'Restore a withdrawn entry',
        description:
          'Undoes a withdrawal of the last 30 days. If the person depicted had asked for it, another person must restore the entry within 72 hours.',
        body: reasonSchema,
        ...answer,
      },
    },
    async (request) => entryReview.restore(actorOf(callerOf(request)), request.params.id, request.body.reason),
  );
}
