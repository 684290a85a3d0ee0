import type { FastifyInstance, FastifyRequest } from 'fastify';
import { VigieError } from '../../domain/errors.js';
import type { Quotas } from '../../service/abuse/quotas.js';
import type { ArachnidWire, Scanned } from '../../service/arachnid/arachnid-wire.js';
import type { ImageFetcher } from '../../service/fetching/image-fetcher.js';
import type { Matcher } from '../../service/matching/matcher.js';
import { clientLeft } from '../client-left.js';
import { fetchedImage } from '../fetched-image.js';
import { callerOf } from '../hooks/access.js';
import { maxJsonChars } from '../hooks/bodies.js';
import { parseJson } from '../parse.js';
import type { RequestNumbers } from '../request-numbers.js';
import { pdqRequestSchema, urlRequestSchema } from './schemas.js';

export interface ArachnidParts {
  readonly arachnid: ArachnidWire;
  readonly imageFetcher: Pick<ImageFetcher, 'fetch'>;
  readonly matcher: Pick<Matcher, 'admit'>;
  readonly quotas: Pick<Quotas, 'spend'>;
  readonly numbers: Pick<RequestNumbers, 'noteVerdict'>;
}

const config = { access: ['platform'], basicAuth: true, errorShape: 'arachnid', repeatable: true } as const;
const schema = { hide: true };

/** `/v1/media`, `/v1/url` and `/v1/pdq`: what clients of Arachnid Shield call. Vigie's own OpenAPI document has its own calls only. */
export async function arachnidRoutes(app: FastifyInstance, parts: ArachnidParts, maxImageBytes: number): Promise<void> {
  await app.register(async (scope) => {
    // Clients name the type of the media, of which there are many, or none. Nothing depends on it.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body);
    mediaRoute(scope, parts, maxImageBytes);
    urlRoute(scope, parts);
    pdqRoute(scope, parts);
  });
}

function mediaRoute(scope: FastifyInstance, { arachnid, numbers }: ArachnidParts, maxImageBytes: number): void {
  scope.route({
    ...{ method: 'POST', url: '/v1/media', schema, bodyLimit: maxImageBytes },
    config: { ...config, counts: 'requests', takes: { bytes: ['*/*'] } },
    handler: async (request, reply) => {
      const scanned = await arachnid.scanMedia(callerOf(request), request.id, bodyOf(request), clientLeft(reply));
      return answerOf(request, numbers, scanned);
    },
  });
}

function urlRoute(scope: FastifyInstance, { arachnid, imageFetcher, matcher, numbers }: ArachnidParts): void {
  scope.route({
    ...{ method: 'POST', url: '/v1/url', schema, bodyLimit: maxJsonChars },
    config: { ...config, counts: 'requests' },
    handler: async (request, reply) => {
      const { url } = parseJson(urlRequestSchema, bodyOf(request).toString(), 'the body');
      const caller = callerOf(request);
      matcher.admit(caller);
      const left = clientLeft(reply);
      const { bytes } = await fetchedImage(imageFetcher, request, reply, url, left);
      return answerOf(request, numbers, await arachnid.scanMedia(caller, request.id, bytes, left));
    },
  });
}

function pdqRoute(scope: FastifyInstance, { arachnid, quotas, numbers }: ArachnidParts): void {
  scope.route({
    ...{ method: 'POST', url: '/v1/pdq', schema, bodyLimit: maxJsonChars },
    config: { ...config, counts: 'items' },
    handler: async (request) => {
      const { hashes } = parseJson(pdqRequestSchema, bodyOf(request).toString(), 'the body');
      const caller = callerOf(request);
      quotas.spend(caller, hashes.length);
      const values = hashes.map(({ value }) => value);
      const scanned = await arachnid.scanPdq(caller, request.id, values);
      const answers = scanned.map((one, at) => [hashes[at]?.sent, answerOf(request, numbers, one)]);
      return { scanned_hashes: Object.fromEntries(answers.filter(([, answer]) => answer !== undefined)) };
    },
  });
}

/** @throws an answer that is an error */
function answerOf<Answer>(
  { routeOptions }: FastifyRequest,
  numbers: ArachnidParts['numbers'],
  { verdict, answer }: Scanned<Answer | VigieError>,
): Answer {
  numbers.noteVerdict(routeOptions.url ?? '', verdict);
  if (answer instanceof VigieError) throw answer;
  return answer;
}

/** @throws VigieError `empty_body`. */
function bodyOf({ body }: FastifyRequest): Buffer {
  if (Buffer.isBuffer(body) && body.length > 0) return body;
  throw new VigieError('empty_body', 'the body is empty');
}
