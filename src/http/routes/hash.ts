import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { isWholeOrFrame } from '../../domain/hash.js';
import type { ImageFetcher } from '../../service/fetching/image-fetcher.js';
import type { HashedImage, ImageHasher } from '../../service/matching/image-hasher.js';
import { clientLeft } from '../client-left.js';
import { fetchedImage } from '../fetched-image.js';
import { callerOf } from '../hooks/access.js';
import { framingBytes, imageOf } from '../image-body.js';
import { parse } from '../parse.js';
import { hashAnswerSchema, maxPdq, urlRequestSchema } from '../schemas/hashes.js';
import { imageFormSchema } from './match.js';

export interface HashRouteParts {
  readonly hasher: ImageHasher;
  readonly imageFetcher: Pick<ImageFetcher, 'fetch'>;
}

export function hashRoute(app: FastifyInstance, { hasher, imageFetcher }: HashRouteParts, maxImageBytes: number): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/v1/hash',
    bodyLimit: maxImageBytes + framingBytes,
    config: {
      access: ['platform', 'analyst', 'flagger'],
      repeatable: true,
      takes: {
        json: { 'application/json': urlRequestSchema, 'multipart/form-data': imageFormSchema },
        bytes: ['image/*', 'application/octet-stream'],
      },
    },
    schema: {
      summary: 'Compute the hashes of an image',
      description: 'Vigie looks nothing up and keeps nothing. The request does not count against the quota.',
      response: { 200: hashAnswerSchema },
    },
    serializerCompiler: () => JSON.stringify,
    handler: async (request, reply) => {
      const sent = imageOf(request, maxImageBytes);
      const left = clientLeft(reply);
      const { url = '' } = sent ? {} : parse(urlRequestSchema, request.body);
      const image = sent?.image ?? (await fetchedImage(imageFetcher, request, reply, url, left)).bytes;
      return answerOf(await hasher.hash(image, left, 'query', callerOf(request).organisation));
    },
  });
}

function answerOf({ hashes, width, height, format, unscannable, frames }: HashedImage) {
  const { pdq, blockhash, turnedBlockhashes, md5 = '', sha1 = '', sha256 = '' } = hashes;
  const whole = pdq
    ?.filter(({ variant }) => isWholeOrFrame(variant))
    .slice(0, maxPdq)
    .map(({ view: _, ...one }) => ({ ...one, quality: one.quality ?? 0 }));
  const quality = (whole?.[0] ?? pdq?.[0])?.quality;
  // Hashes of flat images match each other.
  const perceptual =
    unscannable && unscannable !== 'truncated'
      ? {}
      : {
          // POST /v1/match refuses an empty array.
          pdq: whole?.length ? whole : undefined,
          blockhash,
          turnedBlockhashes: turnedBlockhashes?.flatMap(({ value, orientation }) =>
            orientation === 'identity' ? [] : [{ value, orientation }],
          ),
        };
  return { hashes: { ...perceptual, md5, sha1, sha256, quality }, width, height, format, unscannable, frames };
}
