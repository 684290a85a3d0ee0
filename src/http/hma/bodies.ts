import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import { maxJsonChars } from '../hooks/bodies.js';
import { takesIdempotencyKey } from '../hooks/idempotent-route.js';

/** What a body turned out to be. HMA says in its own words what is wrong with it, so no parser refuses any. */
export type HmaBody = { readonly json: unknown } | { readonly multipart: Buffer } | 'malformed' | 'other' | undefined;

/** For routes of the HMA API: their parsers replace those of the other routes. */
export function installHmaBodies(scope: FastifyInstance): void {
  const parseJson = scope.getDefaultJsonParser('error', 'error');
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, text, done) => {
    if (text.length > maxJsonChars) {
      done(new VigieError('body_too_large', 'Content too large'));
      return;
    }
    if (text.trim() === '') {
      done(null, undefined);
      return;
    }
    if (takesIdempotencyKey(request.routeOptions)) request.jsonText = text;
    parseJson(request, text, (error, json) => done(null, error ? 'malformed' : { json }));
  });
  scope.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer' },
    async (_request: unknown, multipart: Buffer): Promise<HmaBody> => ({ multipart }),
  );
  scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (): Promise<HmaBody> => 'other');
}

/** @throws VigieError `unsupported_media_type`, `bad_request`. */
export function jsonOf(request: FastifyRequest): unknown {
  const body = request.body as HmaBody;
  if (body === 'malformed')
    throw new VigieError('bad_request', 'The browser (or proxy) sent a request that this server could not understand.');
  if (body === undefined || body === 'other' || !('json' in body)) {
    throw new VigieError(
      'unsupported_media_type',
      "Did not attempt to load JSON data because the request Content-Type was not 'application/json'.",
    );
  }
  return body.json;
}
