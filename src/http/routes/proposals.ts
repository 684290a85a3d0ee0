import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import { actorOf } from '../../domain/key.js';
import type { OrganisationsAndKeys } from '../../service/accounts/organisations-and-keys.js';
import type { Lists } from '../../service/lists/lists.js';
import { callerOf } from '../hooks/access.js';
import { noContentSchema } from '../schemas/no-content.js';
import { proposalParametersSchema, proposalsSchema } from '../schemas/proposal.js';

export function proposalRoutes(app: FastifyInstance, lists: Lists, accounts: OrganisationsAndKeys): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/proposals',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'List the changes that wait for a second operator',
        description: 'Of lists, then of organisations, oldest first, each with the old and the new value of every field.',
        response: { 200: proposalsSchema },
      },
    },
    async () => {
      const waiting = [...(await lists.proposals()), ...(await accounts.proposals())];
      return { items: waiting.map((one) => ({ ...one, at: one.at.toISOString() })) };
    },
  );
  routes.delete(
    '/v1/proposals/:id',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Decline a change that waits',
        description: 'Discards it. Any operator may do so, also the one who proposed it.',
        params: proposalParametersSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      const [actor, { id }] = [actorOf(callerOf(request)), request.params];
      if (!(await lists.decline(actor, id)) && !(await accounts.decline(actor, id)))
        throw new VigieError('not_found', `no change with id ${id} waits; GET /v1/proposals shows those that do`);
      return reply.code(204).send();
    },
  );
}
