import { z } from 'zod';
import {
  type Blockhash,
  fullVariant,
  type HashSet,
  hexLength,
  type Md5,
  orientations,
  type Pdq,
  type Sha1,
  type Sha256,
  variantName,
} from '../../domain/hash.js';

function hex<Hash extends string>(algorithm: keyof typeof hexLength) {
  const digits = hexLength[algorithm];
  return z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${digits}}$`), `must be ${digits} hexadecimal digits`)
    .transform((text) => text.toLowerCase() as Hash);
}

const quality = z.number('must be a number from 0 to 100').int().min(0).max(100).describe('PDQ quality, 0-100.');

const pdqVariant = z.strictObject({
  value: hex<Pdq>('pdq'),
  quality: quality.optional(),
  orientation: z.enum(orientations).default('identity'),
  variant: z.string().regex(variantName, 'must be 1-32 of a-z, 0-9 and _').default(fullVariant),
});

const turnedBlockhash = z.strictObject({
  value: hex<Blockhash>('blockhash'),
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
  .describe(`One hash per orientation and variant, at most ${maxPdq}.`);

export const hashesSchema = z
  .strictObject({
    pdq: z.union([hex<Pdq>('pdq'), manyPdq]).optional(),
    blockhash: hex<Blockhash>('blockhash').optional(),
    turnedBlockhashes: turnedBlockhashes.optional(),
    md5: hex<Md5>('md5').optional(),
    sha1: hex<Sha1>('sha1').optional(),
    sha256: hex<Sha256>('sha256').optional(),
    quality: quality.optional(),
  })
  .refine(({ quality: _, turnedBlockhashes: __, ...hashes }) => Object.values(hashes).some((value) => value !== undefined), {
    message: 'must hold at least one of pdq, blockhash, md5, sha1, sha256',
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

export const matchRequestSchema = z.strictObject({ hashes: hashesSchema });

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
        .array(z.strictObject({ value: z.string(), orientation: z.enum(orientations) }))
        .optional()
        .describe('The blockhash of the image in each other orientation.'),
      md5: z.string(),
      sha1: z.string(),
      sha256: z.string(),
      quality: quality.optional(),
    }),
    width: z.number().nullable(),
    height: z.number().nullable(),
    format: z.string().nullable(),
    unscannable: z
      .string()
      .nullable()
      .describe('Why there are no perceptual hashes. Null: there are. The digests are always there.'),
  })
  .describe('Hashes of an image. You can send `hashes` to POST /v1/match and POST /v1/entries as it is.');
