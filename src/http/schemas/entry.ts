import { z } from 'zod';
import { entryStatuses } from '../../domain/entry.js';
import type { HashSet } from '../../domain/hash.js';
import { contentClasses } from '../../domain/list.js';
import { hashesSchema } from './hashes.js';
import { listIdSchema } from './list.js';

const line = z.string().trim().min(1).max(500);

/** The fields every list may come to require, and whatever else a submitter keeps with an entry, as text. */
const provenanceSchema = z
  .object({
    unit: line.optional(),
    reference: line.optional(),
    legalBasis: line.optional(),
    date: z.iso.date('must be a date such as 2026-11-23').optional(),
  })
  .catchall(line.optional());

const sourceCodeSchema = z.strictObject({ scheme: z.string().trim().min(1).max(64), code: z.string().trim().min(1).max(64) });

const request = {
  list: listIdSchema,
  class: z.enum(contentClasses).optional().describe("default: the list's class"),
  provenance: provenanceSchema.optional(),
  sourceCodes: z
    .array(sourceCodeSchema)
    .max(20)
    .optional()
    .describe('classes in terms of others; the scheme is part of the key: VICS 0 means opposite things in two of them'),
  series: line.optional().describe('images of one victim or one seizure have the same'),
  synthetic: z.boolean().optional().describe('generated or altered'),
  expiresAt: z.iso.datetime({ offset: true }).optional().describe('when it stops matching by itself'),
};

/** PDQ hashes of one entry in the index: upright ones, because a query is asked in all orientations. */
const maxUpright = 16;

const uprightOf = ({ pdq = [] }: HashSet) => pdq.filter(({ orientation }) => orientation === 'identity');
const entryHashesSchema = hashesSchema.refine((hashes) => uprightOf(hashes).length <= maxUpright, {
  path: ['pdq'],
  message: `must hold at most ${maxUpright} hashes of orientation identity; turned ones are not stored`,
});

/** The field `entry` beside an image. */
export const entryFieldSchema = z.strictObject(request);
export const entryRequestSchema = z.strictObject({ ...request, hashes: entryHashesSchema });

export const entrySchema = z
  .strictObject({
    id: z.string(),
    list: z.string(),
    class: z.enum(contentClasses),
    status: z.enum(entryStatuses),
    organisation: z.string().nullable().describe('whose it is, and who alone may withdraw it'),
    verification: z.strictObject({
      people: z.number(),
      organisations: z.number(),
      required: z.number().describe('people who must confirm it'),
      requiredOrganisations: z.number(),
    }),
    hashCount: z.number(),
    quality: z.number().nullable(),
    provenance: provenanceSchema,
    sourceCodes: z.array(sourceCodeSchema).readonly(),
    series: z.string().nullable(),
    synthetic: z.boolean(),
    expiresAt: z.string().nullable(),
    withdrawal: z
      .strictObject({ reason: z.string(), requestedAt: z.string() })
      .nullable()
      .describe('one that waits for a second person of the organisation'),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .describe('One item of known content; never a hash value');

export const receiptSchema = z.strictObject({ receipt: z.string() });

export const entryPageQuerySchema = z.strictObject({
  list: z.string().optional(),
  status: z.enum(entryStatuses).optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const entryPageSchema = z.strictObject({ items: z.array(entrySchema), nextCursor: z.string().nullable() });

export const neighboursQuerySchema = z.strictObject({
  radius: z.coerce.number().int().min(0).max(128).default(63).describe('PDQ Hamming distance in bits'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export const neighboursSchema = z.strictObject({ items: z.array(z.strictObject({ entry: entrySchema, distance: z.number() })) });

export const withdrawSchema = z.strictObject({
  reason: line,
  byVictim: z.boolean().default(false).describe('who is shown asked for it: the hashes are gone at once, and cannot come back'),
});
/** What is said of a confirmation. */
export const remarkSchema = z.strictObject({ reason: line.optional() }).nullish();
/** What must be said of a doubt. */
export const reasonSchema = z.strictObject({ reason: line });

export const historySchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        event: z.string(),
        organisation: z.string().nullable(),
        person: z.number().nullable(),
        reason: z.string().nullable(),
        from: z.string(),
        to: z.string(),
        at: z.string(),
      }),
    )
    .readonly(),
});

export const previewSchema = z
  .strictObject({
    queries: z
      .strictObject({ asked: z.number(), hit: z.number() })
      .describe('recent queries of organisations that let theirs be kept'),
    entries: z.array(z.strictObject({ entry: z.string(), list: z.string(), distance: z.number() })).readonly(),
    knownGood: z.enum(['same', 'near', 'none']).describe('likeness to what is known to be harmless'),
    degenerate: z.string().nullable().describe('why it could not be enrolled at all'),
  })
  .describe('What an entry would have hit');
export const entryIdSchema = z.strictObject({ id: z.string() });
