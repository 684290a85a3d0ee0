import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import { actorOf } from '../../domain/key.js';
import type { OrganisationsAndKeys } from '../../service/accounts/organisations-and-keys.js';
import { callerOf } from '../hooks/access.js';
import { keyIdSchema, keySchema, keysSchema, mintedKeySchema, newKeySchema } from '../schemas/key.js';

export function keyRoutes(app: FastifyInstance, accounts: OrganisationsAndKeys): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const config = { access: ['operator'] } as const;
  routes.get(
    '/v1/keys',
    {
      config: { access: ['operator', 'auditor'] },
      schema: {
        summary: 'List all keys',
        description: 'Oldest first, also keys that have expired or were revoked.',
        response: { 200: keysSchema },
      },
    },
    async (request) => ({ items: await accounts.keysSeenBy(actorOf(callerOf(request))) }),
  );
  routes.post(
    '/v1/keys',
    {
      config,
      schema: {
        summary: 'Create a key',
        description:
          'Shows the key once. A key of an analyst, a reviewer or an operator waits for a second operator. A retry with the same Idempotency-Key creates no second key and answers 409, because Vigie never stores a key.',
        body: newKeySchema,
        response: { 201: mintedKeySchema },
      },
    },
    async (request, reply) => {
      const { person, expiresAt, ...rest } = request.body;
      const minted = await accounts.createKey(actorOf(callerOf(request)), {
        ...rest,
        person: person ?? undefined,
        expiresAt: expiresAt ?? undefined,
      });
      request.replay = new VigieError(
        'conflict',
        `this request created key ${minted.id}, which was shown once: revoke it, and create another`,
      );
      reply.code(201).header('cache-control', 'no-store');
      return minted;
    },
  );
  routes.post(
    '/v1/keys/:id/confirm',
    {
      config,
      schema: {
        summary: 'Confirm a key',
        description: 'Only an operator who neither created nor holds the key may confirm it.',
        params: keyIdSchema,
        response: { 200: keySchema },
      },
    },
    async (request) => accounts.confirmKey(actorOf(callerOf(request)), request.params.id),
  );
  routes.post(
    '/v1/keys/:id/revoke',
    {
      config,
      schema: {
        summary: 'Revoke a key',
        description: 'Ends the key and its sessions on every node within a second. You may revoke your own key.',
        params: keyIdSchema,
        response: { 200: keySchema },
      },
    },
    async (request) => accounts.revokeKey(actorOf(callerOf(request)), request.params.id),
  );
}
