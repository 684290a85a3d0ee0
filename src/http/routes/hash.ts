import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import { isWholeOrFrame } from '../../domain/hash.js';
import type { HashedImage, ImageHasher } from '../../service/matching/image-hasher.js';
import { callerOf } from '../hooks/access.js';
import { framingBytes, imageOf } from '../image-body.js';
import { hashAnswerSchema, maxPdq } from '../schemas/hashes.js';
import { imageFormSchema } from './match.js';

export function hashRoute(app: FastifyInstance, hasher: ImageHasher, maxImageBytes: number): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/v1/hash',
    bodyLimit: maxImageBytes + framingBytes,
    config: {
      access: ['platform', 'analyst', 'flagger'],
      repeatable: true,
      takes: { json: { 'multipart/form-data': imageFormSchema }, bytes: ['image/*', 'application/octet-stream'] },
    },
    schema: {
      summary: 'Compute the hashes of an image',
      description: 'Vigie looks nothing up and keeps nothing. The request does not count against the quota.',
      response: { 200: hashAnswerSchema },
    },
    serializerCompiler: () => JSON.stringify,
    handler: async (request) => {
      const sent = imageOf(request, maxImageBytes);
      if (!sent)
        throw new VigieError(
          'unsupported_media_type',
          'send an image, as image/*, application/octet-stream or multipart/form-data',
        );
      return answerOf(await hasher.hash(sent.image, request.signal, 'query', callerOf(request).organisation));
    },
  });
}

function answerOf({ hashes, width, height, format, unscannable, frames }: HashedImage) {
  const { pdq, blockhash, turnedBlockhashes, md5 = '', sha1 = '', sha256 = '' } = hashes;
  const whole = pdq
    ?.filter(({ variant }) => isWholeOrFrame(variant))
    .slice(0, maxPdq)
    .map((one) => ({ ...one, quality: one.quality ?? 0 }));
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
