import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Feed } from '../../service/feed/feed.js';
import { callerOf } from '../hooks/access.js';
import { feedQuerySchema } from '../schemas/feed.js';

/** `GET /v1/feed`: another Vigie follows a list of this one. */
export function feedRoute(app: FastifyInstance, feed: Feed): void {
  // Before the listener closes, or the stop would wait for the readers.
  app.addHook('preClose', async () => feed?.close());
  app.withTypeProvider<ZodTypeProvider>().get(
    '/v1/feed',
    {
      config: { access: ['analyst'] },
      schema: {
        summary: 'Follow a list',
        description:
          'NDJSON: a header, one line per entry or tombstone, and a last line with the cursor of the next page. A page without its last line was cut: ask for it again. 410 `feed_restart`: begin again without `since`.',
        querystring: feedQuerySchema,
        response: { 200: z.unknown().describe('Lines of application/x-ndjson.') },
      },
    },
    async (request, reply) => {
      const { wait, ...query } = request.query;
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort());
      const lines = await feed.page(callerOf(request), {
        list: query.list,
        since: query.since,
        limit: query.limit,
        waitMs: wait * 1_000,
        gone: gone.signal,
      });
      return reply.type('application/x-ndjson').send(Readable.from(lines));
    },
  );
}
