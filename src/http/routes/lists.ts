import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { Lists } from '../../service/lists.js';
import { listParametersSchema, listPatchSchema, listSchema, listsSchema, newListSchema } from '../schemas/list.js';

/** `/v1/lists`: operators set up, analysts read. */
export function listRoutes(app: FastifyInstance, lists: Lists): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  routes.get(
    '/v1/lists',
    { config: { access: ['analyst', 'operator'] }, schema: { summary: 'All hash lists', response: { 200: listsSchema } } },
    async () => ({ items: [...lists.all()] }),
  );
  routes.post(
    '/v1/lists',
    {
      config: { access: ['operator'], writes: true },
      schema: { summary: 'Create a list', body: newListSchema, response: { 201: listSchema } },
    },
    async ({ body }, reply) => {
      reply.code(201);
      return lists.create(body);
    },
  );
  routes.patch(
    '/v1/lists/:id',
    {
      config: { access: ['operator'] },
      schema: { summary: 'Change a list', params: listParametersSchema, body: listPatchSchema, response: { 200: listSchema } },
    },
    async ({ params, body }) =>
      lists.update(params.id, (list) => ({
        ...list,
        title: body.title ?? list.title,
        class: body.class ?? list.class,
        action: body.action ?? list.action,
        thresholds: body.thresholds ?? list.thresholds,
        enabled: body.enabled ?? list.enabled,
      })),
  );
}
