import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { actorOf } from '../../domain/key.js';
import { type Exchanges, shownExchange } from '../../service/exchange-sync/exchanges.js';
import { callerOf } from '../hooks/access.js';
import {
  exchangeParametersSchema,
  exchangePatchSchema,
  exchangeSchema,
  exchangesSchema,
  newExchangeSchema,
} from '../schemas/exchange.js';
import { noContentSchema } from '../schemas/no-content.js';

export function exchangeRoutes(app: FastifyInstance, exchanges: Exchanges): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/exchanges',
    {
      config: { access: ['operator', 'analyst', 'reviewer'] },
      schema: {
        summary: 'List the exchanges, and how well they work',
        description: 'Those of the lists that your organisation may read. An operator sees all.',
        response: { 200: exchangesSchema },
      },
    },
    async (request) => {
      const { role, organisation } = callerOf(request);
      const lists = role === 'operator' ? undefined : exchanges.listsOf(organisation);
      return { items: (await exchanges.all(lists)).map(shownExchange) };
    },
  );
  routes.post(
    '/v1/exchanges',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Let a list follow another service',
        description:
          'Its records come into the list as an import does, and the list keeps its rules about who must confirm them.',
        body: newExchangeSchema,
        response: { 201: exchangeSchema },
      },
    },
    async (request, reply) => {
      reply.code(201);
      return shownExchange(await exchanges.create(actorOf(callerOf(request)), request.body));
    },
  );
  oneExchangeRoutes(app, exchanges);
}

function oneExchangeRoutes(app: FastifyInstance, exchanges: Exchanges): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.patch(
    '/v1/exchanges/:id',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Change an exchange',
        params: exchangeParametersSchema,
        body: exchangePatchSchema,
        response: { 200: exchangeSchema },
      },
    },
    async (request) => shownExchange(await exchanges.change(actorOf(callerOf(request)), request.params.id, request.body)),
  );
  routes.post(
    '/v1/exchanges/:id/fetch',
    {
      config: { access: ['operator'], repeatable: true },
      schema: {
        summary: 'Fetch an exchange now',
        description: 'Within a second, whenever it would be due.',
        params: exchangeParametersSchema,
        response: { 200: exchangeSchema },
      },
    },
    async (request) => shownExchange(await exchanges.hasten(request.params.id)),
  );
  routes.delete(
    '/v1/exchanges/:id',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Delete an exchange',
        description: 'The entries that came with it stay in the list.',
        params: exchangeParametersSchema,
        response: { 204: noContentSchema },
      },
    },
    async (request, reply) => {
      await exchanges.delete(actorOf(callerOf(request)), request.params.id);
      return reply.code(204).send();
    },
  );
}
