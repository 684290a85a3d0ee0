import { z } from 'zod';
import { algorithms, exactAlgorithms, perAlgorithm } from '../../domain/algorithms/registry.js';
import { orientations } from '../../domain/hash.js';
import { bands, contentClasses, listActions } from '../../domain/list.js';
import { unscannableReasons, verdictNames } from '../../domain/verdict.js';
import { obligationSchema, recipientSchema } from './obligation.js';

const hidden = 'Null: your key sees no distances.';
const secret = 'Null: your key sees only that something matched.';

const share = z.number().min(0);
const edgesSchema = z.strictObject({ left: share, top: share, right: share, bottom: share }).nullable();

export const transformationSchema = z.strictObject({
  tilt: z.number().describe('How far the picture was turned, in degrees, clockwise.'),
  crop: edgesSchema.describe("The share that is cut off each side of the entry's picture. Null: unknown."),
  frame: edgesSchema.describe('The share of the query that lies around the picture on each side. Null: unknown.'),
  agreeing: z.number().min(0).max(1).describe('The share of the query that was found to be the same, without its frame.'),
});

const matchSchema = z.strictObject({
  entry: z
    .string()
    .nullable()
    .describe(
      `The id of the entry, if you may read its list. Otherwise a pseudonym made for your organisation, the same each time. ${secret}`,
    ),
  list: z.string(),
  class: z.enum(contentClasses).describe('What the entry shows.'),
  matchType: z.enum(['exact', 'near']).describe('`exact`: equal hashes. `near`: similar PDQ hashes or blockhashes.'),
  band: z
    .enum(bands)
    .nullable()
    .describe(
      `\`exact\`: equal hashes. \`tight\` or \`wide\`: within that one of the list's distances. \`far\`: beyond them; it only holds. ${secret}`,
    ),
  algorithm: z.enum(algorithms).nullable().describe(`The algorithm that found the match. ${hidden}`),
  variant: z.string().nullable().describe(`The variant of the image that matched, \`full\` for the whole image. ${hidden}`),
  distance: z
    .number()
    .int()
    .nullable()
    .describe(
      `Hamming distance in bits, 0 for equal digests. Rounded to steps of 8 bits unless you may read the list. ${hidden}`,
    ),
  threshold: z.number().int().nullable().describe(`The largest distance at which the list matches. ${hidden}`),
  orientation: z.enum(orientations).nullable().describe(`How the entry must be turned to look like the query. ${hidden}`),
  negative: z.boolean().nullable().describe(`The query is a negative of the entry. ${hidden}`),
  corroborated: z
    .boolean()
    .nullable()
    .describe(`A second algorithm agrees, or several variants agree on one geometry. ${hidden}`),
  transformation: transformationSchema
    .nullable()
    .describe(`How the query was made of the entry's picture. Null for equal hashes also. ${hidden}`),
  action: z.enum(listActions).describe('What this match leads to by itself.'),
  policyVersion: z.number().int().describe('The version of the list that decided the action.'),
});

const removalSchema = z.strictObject({
  action: z.enum(['remove', 'remove_and_report']),
  obligations: z
    .array(obligationSchema)
    .readonly()
    .describe('What your regimes oblige you to do. The earliest deadline comes first, obligations without one last.'),
  preserveUntil: z.string().nullable().describe('The latest end of a duty to preserve.'),
  reportTo: z.array(recipientSchema).readonly().describe('The recipients of all duties to report.'),
});

export const framesSchema = z
  .strictObject({ looked: z.number().int(), of: z.number().int() })
  .nullable()
  .describe('Frames or pages of the image that Vigie hashed, and all of them. Null: no image, or one that cannot be read.');

export const verdictSchema = z
  .strictObject({
    requestId: z.string().describe('Names this verdict in later calls, for example feedback.'),
    verdict: z
      .enum(verdictNames)
      .describe('What to do with the content. `no_known_match` does not mean that the content is harmless.'),
    reason: z
      .enum(unscannableReasons)
      .nullable()
      .describe(
        'Why Vigie could not hash the whole image. `truncated` beside matches: the part that the file still shows matches.',
      ),
    matches: z.array(matchSchema).max(20).readonly().describe('The strongest match first.'),
    removal: removalSchema.nullable().describe('Null: the verdict does not remove the content.'),
    hashes: z
      .strictObject({
        pdq: z.string().optional(),
        blockhash: z.string().optional(),
        ...perAlgorithm(exactAlgorithms, () => z.string().optional()),
        quality: z.number().optional().describe('PDQ quality, 0-100.'),
      })
      .describe('Hashes of the query. Of its PDQ hashes, only the one of the whole upright image.'),
    frames: framesSchema,
    index: z.strictObject({
      version: z.string().describe('Changes whenever an entry changes that you may match against. Compare it for equality only.'),
      ageMs: z.number().describe('Time since the index was last known to be up to date.'),
    }),
    policy: z.strictObject({
      version: z.string().describe('Changes whenever a list changes that you may match against.'),
    }),
  })
  .describe('What Vigie knows about an image, and what to do with it.');

const batchErrorSchema = z
  .strictObject({
    id: z.string().nullable().describe('The `id` of the item. Null: it has none.'),
    error: z.strictObject({ code: z.string(), detail: z.string() }),
  })
  .describe('What is wrong with the item.');

export const batchResultSchema = z.union([
  verdictSchema.extend({ id: z.string().describe('The `id` of the item.') }),
  batchErrorSchema,
]);
export const batchAnswerSchema = z
  .strictObject({ results: z.array(batchResultSchema).readonly() })
  .describe('One result per item, in the same order. Items in NDJSON get results in NDJSON.');
