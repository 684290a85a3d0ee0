import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { takesIdempotencyKey } from './idempotent-route.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** In characters; default 256 Ki. */
    jsonBytes?: number;
  }
}

/** An entry with 16 hashes and its provenance is about 5 KB. */
export const maxJsonChars = 256 * 1024;

export type ImageBody = { readonly image: Buffer } | { readonly multipart: Buffer };

export function installBodies(app: FastifyInstance): void {
  const whole = { parseAs: 'buffer' } as const;
  app.addContentTypeParser(/^image\//, whole, async (_request: unknown, image: Buffer): Promise<ImageBody> => ({ image }));
  app.addContentTypeParser(
    'application/octet-stream',
    whole,
    async (_request: unknown, image: Buffer): Promise<ImageBody> => ({ image }),
  );
  app.addContentTypeParser(
    'multipart/form-data',
    whole,
    async (_request: unknown, multipart: Buffer): Promise<ImageBody> => ({ multipart }),
  );
  // Image routes allow many MiB. Parsing that much JSON would block other requests.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const limit = request.routeOptions.config.jsonBytes ?? maxJsonChars;
    if (body.length > limit) {
      done(new VigieError('body_too_large', `the JSON has ${body.length} characters, the limit is ${limit}`));
      return;
    }
    if (takesIdempotencyKey(request.routeOptions)) request.jsonText = body;
    parseJson(request, body, done);
  });
  app.addContentTypeParser('application/x-ndjson', async (request: FastifyRequest, payload: unknown) => {
    if (!request.routeOptions.config.streams)
      throw new VigieError('unsupported_media_type', 'this route does not take application/x-ndjson; see /docs');
    return payload;
  });
  app.removeContentTypeParser('text/plain');
}
