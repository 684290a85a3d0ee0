import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { VigieError } from '../../domain/errors.js';
import { isWholeOrFrame } from '../../domain/hash.js';
import type { HashedImage, ImageHasher } from '../../service/matching/image-hasher.js';
import { framingBytes, imageOf } from '../image-body.js';
import { hashAnswerSchema, maxPdq } from '../schemas/hashes.js';
import { imageFormSchema } from './match.js';

/** `POST /v1/hash`: the hashes of an image; nothing is looked up, nothing kept. */
export function hashRoute(app: FastifyInstance, hasher: ImageHasher, maxImageBytes: number): void {
  app.withTypeProvider<ZodTypeProvider>().route({
    method: 'POST',
    url: '/v1/hash',
    bodyLimit: maxImageBytes + framingBytes,
    config: {
      access: ['platform', 'analyst', 'flagger'],
      takes: { json: { 'multipart/form-data': imageFormSchema }, bytes: ['image/*', 'application/octet-stream'] },
    },
    schema: { summary: 'Hash an image without looking anything up', response: { 200: hashAnswerSchema } },
    serializerCompiler: () => JSON.stringify,
    handler: async (request) => {
      const sent = await imageOf(request, maxImageBytes);
      if (!sent)
        throw new VigieError(
          'unsupported_media_type',
          'send an image: image/*, application/octet-stream, or multipart/form-data',
        );
      return answerOf(await hasher.hash(sent.image, request.signal));
    },
  });
}

function answerOf({ hashes, width, height, format, unscannable }: HashedImage) {
  const { pdq, blockhash, turnedBlockhashes, md5 = '', sha1 = '', sha256 = '' } = hashes;
  const whole = pdq
    ?.filter(({ variant }) => isWholeOrFrame(variant))
    .slice(0, maxPdq)
    .map((one) => ({ ...one, quality: one.quality ?? 0 }));
  const quality = (whole?.[0] ?? pdq?.[0])?.quality;
  // The hashes of a flat picture would match every other: only its quality is told.
  const looks = unscannable
    ? {}
    : {
        // Never an empty array, which match and entries refuse.
        pdq: whole?.length ? whole : undefined,
        blockhash,
        turnedBlockhashes: turnedBlockhashes?.slice(),
      };
  return { hashes: { ...looks, md5, sha1, sha256, quality }, width, height, format, unscannable };
}
