import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import { actorOf, type Caller } from '../../domain/key.js';
import { type List, listRights, rightsOf } from '../../domain/list.js';
import type { Lists } from '../../service/lists/lists.js';
import { callerOf } from '../hooks/access.js';
import {
  grantBodySchema,
  grantParametersSchema,
  grantsSchema,
  listParametersSchema,
  listPatchSchema,
  listSchema,
  listsSchema,
  newListSchema,
} from '../schemas/list.js';
import { nothingSchema } from '../schemas/no-content.js';

/** `/v1/lists`: operators set up; others see the lists they may do something with. */
export function listRoutes(app: FastifyInstance, lists: Lists): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/lists',
    {
      config: { access: ['analyst', 'reviewer', 'operator'] },
      schema: { summary: 'The hash lists you may do something with', response: { 200: listsSchema } },
    },
    async (request) => {
      const caller = callerOf(request);
      const seen = caller.role === 'operator' ? lists.all() : lists.visibleTo(caller.organisation);
      return { items: seen.map((list) => shownTo(caller, list)) };
    },
  );
  routes.post(
    '/v1/lists',
    {
      config: { access: ['operator'], writes: true },
      schema: {
        summary: 'Create a list; 202 where it is to ask fewer people than lists do by default: a second operator confirms that',
        body: newListSchema,
        response: { 201: listSchema, 202: listSchema },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { list, waiting } = await lists.create(actorOf(caller), request.body);
      reply.code(waiting ? 202 : 201);
      return shownTo(caller, list);
    },
  );
  routes.patch(
    '/v1/lists/:id',
    {
      config: { access: ['operator'] },
      schema: {
        summary:
          'Change a list: a new version of it; 202 where fewer people, or others, would decide: a second operator confirms',
        params: listParametersSchema,
        body: listPatchSchema,
        response: { 200: listSchema, 202: listSchema },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { params, body } = request;
      const { list, waiting } = await lists.update(actorOf(caller), params.id, (standing) => patched(standing, body));
      reply.code(waiting ? 202 : 200);
      return shownTo(caller, list);
    },
  );
  routes.post(
    '/v1/lists/:id/confirm',
    {
      config: { access: ['operator'], writes: true },
      schema: {
        summary: 'Make the change of a list that another operator proposed',
        params: listParametersSchema,
        response: { 200: listSchema },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return shownTo(caller, await lists.confirm(actorOf(caller), request.params.id));
    },
  );
  routes.delete(
    '/v1/lists/:id',
    {
      config: { access: ['operator'] },
      schema: { summary: 'End a disabled list', params: listParametersSchema, response: { 204: nothingSchema } },
    },
    async (request, reply) => {
      await lists.delete(actorOf(callerOf(request)), request.params.id);
      return reply.code(204).send();
    },
  );
  grantRoutes(app, lists);
}

function grantRoutes(app: FastifyInstance, lists: Lists): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/lists/:id/grants',
    {
      config: { access: ['operator'] },
      schema: { summary: 'What organisations may do with a list', params: listParametersSchema, response: { 200: grantsSchema } },
    },
    async ({ params }) => ({ items: lists.get(params.id).grants }),
  );
  routes.put(
    '/v1/lists/:id/grants/:organisation',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Say what an organisation may do with a list',
        params: grantParametersSchema,
        body: grantBodySchema,
        response: { 200: grantsSchema },
      },
    },
    async (request) => {
      const { id, organisation } = request.params;
      const { grants } = await lists.grant(actorOf(callerOf(request)), id, organisation, request.body.rights);
      return { items: grants };
    },
  );
}

function patched(list: List, patch: z.output<typeof listPatchSchema>): List {
  return {
    ...list,
    title: patch.title ?? list.title,
    class: patch.class ?? list.class,
    action: patch.action ?? list.action,
    thresholds: patch.thresholds ?? list.thresholds,
    enabled: patch.enabled ?? list.enabled,
    organisation: patch.organisation ?? list.organisation,
    open: patch.open ?? list.open,
    verification: patch.verification ?? list.verification,
    provenanceRequired: patch.provenanceRequired ?? list.provenanceRequired,
    share: patch.share ?? list.share,
    policy: patch.policy ?? list.policy,
    limits: patch.limits ?? list.limits,
  };
}

/** A list without who else may do what with it. */
function shownTo({ organisation }: Caller, list: List) {
  const { grants: _, ...shown } = list;
  const rights = rightsOf(list, organisation);
  return { ...shown, rights: listRights.filter((right) => rights.has(right)) };
}
