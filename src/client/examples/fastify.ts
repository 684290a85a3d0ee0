/** Matches every upload of a Fastify application before its route runs. */
import type { FastifyInstance } from 'fastify';
import type { Vigie } from '../index.js';
import { type Visibility, visibilityOf } from './visibility.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Of the image in the body. */
    visibility: Visibility;
  }
}

export function matchUploads(app: FastifyInstance, vigie: Vigie): void {
  app.addContentTypeParser(
    /^image\//,
    { parseAs: 'buffer', bodyLimit: 20 * 1024 * 1024 },
    async (_request: unknown, image: Buffer) => image,
  );
  // What was not matched is held.
  app.decorateRequest('visibility', 'held');
  app.addHook('preHandler', async (request) => {
    if (Buffer.isBuffer(request.body)) request.visibility = await visibilityOf(vigie, request.body);
  });
}
