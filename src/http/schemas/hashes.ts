import { z } from 'zod';
import {
  type Algorithm,
  algorithms,
  digestAlgorithms,
  type ExactAlgorithm,
  exactAlgorithms,
  hexLength,
  perAlgorithm,
  registry,
} from '../../domain/algorithms/registry.js';
import { fullVariant, type HashOf, type HashSet, orientations, variantName } from '../../domain/hash.js';
import { framesSchema } from './verdict.js';

function hex<Name extends Algorithm>(algorithm: Name) {
  const digits = hexLength(algorithm);
  return z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `must be ${digits} hexadecimal digits`)
    .transform((text) => text.toLowerCase() as HashOf<Name>);
}

const optionalHex = <Name extends Algorithm>(algorithm: Name) => hex(algorithm).optional();
const aboutExact = (algorithm: ExactAlgorithm) =>
  registry[algorithm].forgeable
    ? 'Matches only an equal hash. An entry that PDQ does not find as well is held for review.'
    : 'Matches only an equal hash.';
// The loop over the names loses which name gets which brand.
const exactHashes = perAlgorithm(exactAlgorithms, (name) => optionalHex(name).describe(aboutExact(name))) as {
  [Name in ExactAlgorithm]: ReturnType<typeof optionalHex<Name>>;
};

const quality = z.number('must be a number from 0 to 100').int().min(0).max(100).describe('PDQ quality, 0-100.');

const pdqVariant = z.strictObject({
  value: hex('pdq'),
  quality: quality.optional(),
  orientation: z.enum(orientations).default('identity'),
  variant: z.string().regex(variantName, 'must be 1-32 of a-z, 0-9 and _').default(fullVariant),
});

const turnedBlockhash = z.strictObject({
  value: hex('blockhash'),
  orientation: z
    .enum(orientations)
    .exclude(['identity'], 'must not be identity: the hash of the unturned image goes in `blockhash`'),
});

const turnedBlockhashes = z
  .array(turnedBlockhash)
  .max(7, 'must hold at most 7 hashes')
  .refine((turned) => new Set(turned.map(({ orientation }) => orientation)).size === turned.length, {
    message: 'must hold each orientation at most once',
  });

/** The API promises 16. An image could have 72: 9 variants in 8 orientations. */
export const maxPdq = 64;

const manyPdq = z
  .array(pdqVariant)
  .min(1, 'must hold at least one hash')
  .max(maxPdq, `must hold at most ${maxPdq} hashes`)
  .describe(`One hash per orientation and variant. 16 are always accepted, and up to ${maxPdq} if POST /v1/hash answered them.`);

export const hashesSchema = z
  .strictObject({
    pdq: z.union([hex('pdq'), manyPdq]).optional(),
    blockhash: optionalHex('blockhash'),
    turnedBlockhashes: turnedBlockhashes.optional(),
    ...exactHashes,
    quality: quality.optional(),
  })
  .refine((hashes) => algorithms.some((algorithm) => hashes[algorithm] !== undefined), {
    message: `must hold at least one of ${algorithms.join(', ')}`,
  })
  .refine(({ blockhash, turnedBlockhashes: turned }) => blockhash !== undefined || turned === undefined || turned.length === 0, {
    path: ['turnedBlockhashes'],
    message: 'must come with blockhash, the hash of the unturned image',
  })
  .transform(({ pdq, quality: overall, ...others }): HashSet => {
    if (pdq === undefined) return others;
    const variants =
      typeof pdq === 'string' ? [{ value: pdq, quality: overall, orientation: 'identity' as const, variant: fullVariant }] : pdq;
    return { ...others, pdq: variants.map((one) => ({ ...one, quality: one.quality ?? overall })) };
  })
  .describe('Hashes of one image, at least one.');

export const urlSchema = z
  .string()
  .min(1)
  .max(8_192, 'must have at most 8192 characters')
  .describe('Where the image is, http or https. An operator says which hosts Vigie fetches from.');

export const urlRequestSchema = z.strictObject({ url: urlSchema });

export const matchRequestSchema = z
  .strictObject({ hashes: hashesSchema.optional(), url: urlSchema.optional() })
  .refine(({ hashes, url }) => (hashes === undefined) !== (url === undefined), {
    message: 'must hold either hashes or url',
  });

export const batchItemSchema = z.strictObject({
  id: z.string().min(1).max(200).describe('Your name for the item; its result carries it.'),
  hashes: hashesSchema,
});

export const hashAnswerSchema = z
  .strictObject({
    hashes: z.strictObject({
      pdq: z
        .array(z.strictObject({ value: z.string(), quality, orientation: z.enum(orientations), variant: z.string() }))
        .optional(),
      blockhash: z.string().optional(),
      turnedBlockhashes: z
        .array(z.strictObject({ value: z.string(), orientation: z.enum(orientations).exclude(['identity']) }))
        .optional()
        .describe('The blockhash of the image in each other orientation.'),
      ...perAlgorithm(digestAlgorithms, () => z.string()),
      quality: quality.optional(),
    }),
    width: z.number().nullable(),
    height: z.number().nullable(),
    format: z.string().nullable(),
    unscannable: z
      .string()
      .nullable()
      .describe(
        'Why there are no perceptual hashes. `truncated`: they are those of what the file still shows. The digests are always there.',
      ),
    frames: framesSchema,
  })
  .describe('Hashes of an image. You can send `hashes` to POST /v1/match and POST /v1/entries as it is.');
