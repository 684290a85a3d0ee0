import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ListHistory } from '../../service/lists/list-history.js';
import { callerOf } from '../hooks/access.js';
import { listParametersSchema } from '../schemas/list.js';
import { listHistoryQuerySchema, listHistorySchema } from '../schemas/list-history.js';

export function listHistoryRoute(app: FastifyInstance, listHistory: ListHistory): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/lists/:id/versions',
    {
      config: { access: ['analyst', 'reviewer', 'operator'] },
      schema: {
        summary: 'List the versions of a list',
        description: 'Who changed which setting of the list, and when, newest first.',
        params: listParametersSchema,
        querystring: listHistoryQuerySchema,
        response: { 200: listHistorySchema },
      },
    },
    async (request) => listHistory.page(callerOf(request), request.params.id, request.query),
  );
}
