import { z } from 'zod';
import {
  certainties,
  contentClasses,
  defaultLimits,
  defaultThresholds,
  listActions,
  listRights,
  outcomes,
  provenanceFields,
  weakOutcomes,
  widestBlockhash,
  widestPdq,
} from '../../domain/list.js';

export const listIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1-63 of a-z, 0-9 and -, not starting with -');

const pdqDistance = z.number().int().min(0).max(widestPdq);

const thresholdsSchema = z
  .strictObject({
    pdq: z.strictObject({ tight: pdqDistance, wide: pdqDistance }),
    blockhash: z.number().int().min(0).max(widestBlockhash),
  })
  .refine(({ pdq }) => pdq.tight <= pdq.wide, { path: ['pdq', 'tight'], message: 'must not exceed pdq.wide' });

const title = z.string().trim().min(1).max(200);

const verificationSchema = z
  .strictObject({ people: z.number().int().min(0).max(7), organisations: z.number().int().min(0).max(7) })
  .refine(({ people, organisations }) => organisations <= people, {
    path: ['organisations'],
    message: 'must not exceed people: each of them is of one organisation',
  })
  .describe('how many people, of how many organisations, confirm an entry before it may remove; who enrolled it is none of them');

const matrixShape = {
  verified: z.partialRecord(z.enum(certainties), z.enum(outcomes)).optional(),
  // One entry nobody confirmed must take nobody's picture down.
  unverified: z.partialRecord(z.enum(certainties), z.enum(weakOutcomes)).optional(),
};
const policySchema = z
  .strictObject({ ...matrixShape, classes: z.partialRecord(z.enum(contentClasses), z.strictObject(matrixShape)).optional() })
  .describe("what kinds of matches lead to where it is not the list's action (verified) or a hold (not verified)");

const limitsSchema = z.strictObject({
  withdrawalsAnHour: z.number().int().min(1).max(100_000),
  disputesAfter: z.number().int().min(1).max(100),
  floodAnHour: z.number().int().min(1).max(10_000_000),
});

const settings = {
  title,
  class: z.enum(contentClasses),
  action: z.enum(listActions),
  thresholds: thresholdsSchema,
  enabled: z.boolean(),
  organisation: z.string().describe('whose it is; default: that of the key'),
  open: z.boolean().describe('every organisation may match against it'),
  verification: verificationSchema,
  provenanceRequired: z.array(z.enum(provenanceFields)),
  share: z.number().int().min(0).max(100).describe('percent of (entry, organisation) pairs for which the list is in force'),
  policy: policySchema,
  limits: limitsSchema,
};

export const newListSchema = z.strictObject({
  id: listIdSchema,
  ...settings,
  thresholds: thresholdsSchema.default(defaultThresholds),
  enabled: z.boolean().default(true),
  organisation: settings.organisation.optional(),
  open: z.boolean().default(false),
  verification: verificationSchema
    .optional()
    .describe('default: one person, or two of two organisations for a list that suppresses'),
  provenanceRequired: settings.provenanceRequired.default([]),
  share: settings.share.default(100),
  policy: policySchema.default({}),
  limits: limitsSchema.default(defaultLimits),
});

export const listPatchSchema = z
  .strictObject(settings)
  .partial()
  .refine((patch) => Object.keys(patch).length > 0, { message: 'must change something' });

export const listSchema = z
  .strictObject({
    id: z.string(),
    ...settings,
    thresholds: z.strictObject({ pdq: z.strictObject({ tight: z.number(), wide: z.number() }), blockhash: z.number() }),
    organisation: z.string().nullable(),
    provenanceRequired: settings.provenanceRequired.readonly(),
    version: z.number().int().describe('counts the changes of the list; matches name it'),
    rights: z.array(z.enum(listRights)).readonly().describe('what your organisation may do with it'),
  })
  .describe('A hash list: who says what content is, and what a platform does about it');

export const listsSchema = z.strictObject({ items: z.array(listSchema) });
export const listParametersSchema = z.strictObject({ id: z.string() });

export const grantParametersSchema = z.strictObject({ id: z.string(), organisation: z.string() });
export const grantBodySchema = z.strictObject({
  rights: z.array(z.enum(listRights)).describe('none: it no longer exists for them'),
});
export const grantsSchema = z.strictObject({
  items: z.array(z.strictObject({ organisation: z.string(), rights: z.array(z.enum(listRights)).readonly() })).readonly(),
});
