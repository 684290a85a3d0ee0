import { z } from 'zod';
import { contentClasses, defaultThresholds, listActions, widestBlockhash, widestPdq } from '../../domain/list.js';

export const listIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1-63 of a-z, 0-9 and -, not starting with -');

const pdqDistance = z.number().int().min(0).max(widestPdq);

const thresholdsSchema = z
  .strictObject({
    pdq: z.strictObject({ tight: pdqDistance, wide: pdqDistance }),
    blockhash: z.number().int().min(0).max(widestBlockhash),
  })
  .refine(({ pdq }) => pdq.tight <= pdq.wide, { path: ['pdq', 'tight'], message: 'must not exceed pdq.wide' });

const title = z.string().trim().min(1).max(200);

export const newListSchema = z.strictObject({
  id: listIdSchema,
  title,
  class: z.enum(contentClasses),
  action: z.enum(listActions),
  thresholds: thresholdsSchema.default(defaultThresholds),
  enabled: z.boolean().default(true),
});

export const listPatchSchema = z
  .strictObject({
    title: title.optional(),
    class: z.enum(contentClasses).optional(),
    action: z.enum(listActions).optional(),
    thresholds: thresholdsSchema.optional(),
    enabled: z.boolean().optional(),
  })
  .refine((patch) => Object.keys(patch).length > 0, { message: 'must change something' });

export const listSchema = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    class: z.enum(contentClasses),
    action: z.enum(listActions),
    thresholds: z.strictObject({ pdq: z.strictObject({ tight: z.number(), wide: z.number() }), blockhash: z.number() }),
    enabled: z.boolean(),
  })
  .describe('A hash list: who says what content is, and what a platform does about it');

export const listsSchema = z.strictObject({ items: z.array(listSchema) });
export const listParametersSchema = z.strictObject({ id: z.string() });
