import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { OrganisationsAndKeys } from '../../service/accounts/organisations-and-keys.js';
import type { Lists } from '../../service/lists/lists.js';
import { proposalsSchema } from '../schemas/proposal.js';

export function proposalRoutes(app: FastifyInstance, lists: Lists, accounts: OrganisationsAndKeys): void {
  app.withTypeProvider<ZodTypeProvider>().get(
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
}
