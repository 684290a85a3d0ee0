import type { FastifyInstance } from 'fastify';
import { VigieError } from '../../domain/errors.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Characters of JSON this route takes; default 256 Ki. */
    jsonBytes?: number;
  }
}

/** JSON that is no batch: an entry with 16 hashes and its provenance is about 5 KB. */
export const longestJson = 256 * 1024;

/** A body as it came in, with what it was announced as. */
export type ImageBody = { readonly image: Buffer } | { readonly multipart: Buffer };

/** How bodies are read: images and multipart whole, as bytes; JSON by Fastify; NDJSON as a stream. */
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
  // Routes that take images allow bodies of many MiB; parsing that much JSON would hold up everybody.
  const parseJson = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const limit = request.routeOptions.config.jsonBytes ?? longestJson;
    if (body.length > limit)
      done(new VigieError('body_too_large', `the JSON has ${body.length} characters, the limit is ${limit}`));
    else {
      // What makes two writes the same is the text that was sent.
      if (request.routeOptions.config.writes) request.jsonText = body;
      parseJson(request, body, done);
    }
  });
  app.addContentTypeParser('application/x-ndjson', async (_request: unknown, payload: unknown) => payload);
  // The one other default: text is nothing anybody sends on purpose here.
  app.removeContentTypeParser('text/plain');
}
