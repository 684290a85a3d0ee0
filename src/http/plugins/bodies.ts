import type { FastifyInstance } from 'fastify';

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
  app.addContentTypeParser('application/x-ndjson', async (_request: unknown, payload: unknown) => payload);
  // The one other default: text is nothing anybody sends on purpose here.
  app.removeContentTypeParser('text/plain');
}
