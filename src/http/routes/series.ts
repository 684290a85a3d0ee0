import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { SeriesReader } from '../../service/entries/series.js';
import { callerOf } from '../hooks/access.js';
import { seriesPageSchema, seriesQuerySchema } from '../schemas/series.js';

export function seriesRoute(app: FastifyInstance, series: SeriesReader): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/series',
    {
      config: { access: ['analyst', 'reviewer'] },
      schema: {
        summary: 'List the series',
        description: 'Of the lists that your organisation may read, by name.',
        querystring: seriesQuerySchema,
        response: { 200: seriesPageSchema },
      },
    },
    async (request) => series.page(callerOf(request).organisation, request.query),
  );
}
