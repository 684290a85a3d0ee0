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

const request = {
  list: listIdSchema,
  class: z.enum(contentClasses).optional().describe("default: the list's class"),
  provenance: provenanceSchema.optional(),
};

/** PDQ hashes of one entry in the index: upright ones, because a query is asked in all orientations. */
const mostUpright = 16;

const uprightOf = ({ pdq = [] }: HashSet) => pdq.filter(({ orientation }) => orientation === 'identity');
const entryHashesSchema = hashesSchema.refine((hashes) => uprightOf(hashes).length <= mostUpright, {
  path: ['pdq'],
  message: `must hold at most ${mostUpright} hashes of orientation identity; turned ones are not stored`,
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
    verification: z.strictObject({ people: z.number(), organisations: z.number(), required: z.number() }),
    hashCount: z.number(),
    quality: z.number().nullable(),
    provenance: provenanceSchema,
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

export const withdrawSchema = z.strictObject({ reason: line });
export const entryIdSchema = z.strictObject({ id: z.string() });
