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
import { noContentSchema } from '../schemas/no-content.js';
import { confirmationSchema } from '../schemas/proposal.js';

export function listRoutes(app: FastifyInstance, lists: Lists): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/lists',
    {
      config: { access: ['analyst', 'reviewer', 'operator'] },
      schema: {
        summary: 'List the hash lists',
        description: 'The lists on which your organisation has a right. An operator sees all lists.',
        response: { 200: listsSchema },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      const seen = caller.role === 'operator' ? lists.all() : lists.visibleTo(caller.organisation);
      return { items: seen.map((list) => shownTo(caller, list)) };
    },
  );
  changeRoutes(app, lists);
  deleteRoute(app, lists);
  grantRoutes(app, lists);
}

function changeRoutes(app: FastifyInstance, lists: Lists): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.post(
    '/v1/lists',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Create a list',
        description:
          '202: the list would be weaker than the default, so a second operator must confirm that. The answer shows the list as it is until then.',
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
        summary: 'Change a list',
        description:
          'Makes a new version of the list. 202: the change weakens a safeguard or removes more, so a second operator must confirm it. The answer shows the list as it is until then; GET /v1/proposals shows the change.',
        params: listParametersSchema,
        body: listPatchSchema,
        response: { 200: listSchema, 202: listSchema },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { params, body } = request;
      const change = (standing: List) => patched(standing, body);
      const { list, waiting } = await lists.update(actorOf(caller), params.id, change, body.expectedVersion);
      reply.code(waiting ? 202 : 200);
      return shownTo(caller, list);
    },
  );
  routes.post(
    '/v1/lists/:id/confirm',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Confirm a change of a list',
        description: 'Makes the change that another operator proposed. After a deletion the answer shows the list as it was.',
        params: listParametersSchema,
        body: confirmationSchema,
        response: { 200: listSchema },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return shownTo(caller, await lists.confirm(actorOf(caller), request.params.id, request.body?.proposal));
    },
  );
}

function deleteRoute(app: FastifyInstance, lists: Lists): void {
  app.withTypeProvider<ZodTypeProvider>().delete(
    '/v1/lists/:id',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Delete a list',
        description:
          'Disable the list first. Its hashes leave for good. Its entries and versions stay, without hashes, for the verdicts that name them. 202: a second operator must confirm the deletion; GET /v1/proposals shows it.',
        params: listParametersSchema,
        response: { 202: listSchema, 204: noContentSchema },
      },
    },
    async (request, reply) => {
      const caller = callerOf(request);
      const { list, waiting } = await lists.delete(actorOf(caller), request.params.id);
      return waiting ? reply.code(202).send(shownTo(caller, list)) : reply.code(204).send();
    },
  );
}

function grantRoutes(app: FastifyInstance, lists: Lists): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/lists/:id/grants',
    {
      config: { access: ['operator'] },
      schema: { summary: 'List the rights on a list', params: listParametersSchema, response: { 200: grantsSchema } },
    },
    async ({ params }) => ({ items: lists.get(params.id).grants }),
  );
  routes.put(
    '/v1/lists/:id/grants/:organisation',
    {
      config: { access: ['operator'] },
      schema: {
        summary: 'Set the rights of an organisation on a list',
        description:
          'The rights replace earlier ones. The answer holds the rights of all organisations. 202: the change adds a right, so a second operator must confirm it.',
        params: grantParametersSchema,
        body: grantBodySchema,
        response: { 200: grantsSchema, 202: grantsSchema },
      },
    },
    async (request, reply) => {
      const { id, organisation } = request.params;
      const { rights, expectedVersion } = request.body;
      const { list, waiting } = await lists.grant(actorOf(callerOf(request)), id, organisation, rights, expectedVersion);
      reply.code(waiting ? 202 : 200);
      return { items: list.grants };
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

/** Hides other organisations' rights. */
function shownTo({ organisation }: Caller, list: List) {
  const { grants: _, ...shown } = list;
  const rights = rightsOf(list, organisation);
  return { ...shown, rights: listRights.filter((right) => rights.has(right)) };
}
