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
import { expectedVersionSchema } from './proposal.js';

export const listIdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1-63 of a-z, 0-9 and -, not starting with -');

const pdqDistance = z.number().int().min(0).max(widestPdq);

const thresholdsSchema = z
  .strictObject({
    pdq: z.strictObject({ tight: pdqDistance, wide: pdqDistance }),
    blockhash: z.number().int().min(0).max(widestBlockhash),
  })
  .refine(({ pdq }) => pdq.tight <= pdq.wide, { path: ['pdq', 'tight'], message: 'must not exceed pdq.wide' })
  .describe('Largest Hamming distances in bits, of 256, at which the list matches.');

const title = z.string().trim().min(1).max(200);

const verificationSchema = z
  .strictObject({ people: z.number().int().min(0).max(7), organisations: z.number().int().min(0).max(7) })
  .refine(({ people, organisations }) => organisations <= people, {
    path: ['organisations'],
    message: 'must not exceed people: each person belongs to one organisation',
  })
  .describe(
    'How many people, from how many organisations, must confirm an entry before it may remove content. The person who enrolled it does not count.',
  );

const matrixShape = {
  verified: z
    .partialRecord(z.enum(certainties), z.enum(outcomes))
    .optional()
    .describe("For confirmed entries, by band. Default: the list's action."),
  unverified: z
    .partialRecord(z.enum(certainties), z.enum(weakOutcomes))
    .optional()
    .describe(
      'For entries without enough confirmations, by band. Default: `hold_for_review`, or `ignore` on a list that suppresses, or `test_match` on a test list.',
    ),
};
const policySchema = z
  .strictObject({
    ...matrixShape,
    classes: z
      .partialRecord(z.enum(contentClasses), z.strictObject(matrixShape))
      .optional()
      .describe('Exceptions for entries of these classes.'),
  })
  .describe('What each kind of match leads to, where that differs from the default.');

const limitsSchema = z
  .strictObject({
    withdrawalsAnHour: z
      .number()
      .int()
      .min(1)
      .max(100_000)
      .describe('Entries that one person may withdraw per hour. Beyond that, a second person must confirm each withdrawal.'),
    disputesAfter: z
      .number()
      .int()
      .min(1)
      .max(100)
      .describe("Organisations that must call an entry's matches false before Vigie disputes the entry."),
    floodAnHour: z
      .number()
      .int()
      .min(1)
      .max(10_000_000)
      .describe(
        'Near matches per hour at which Vigie quarantines an entry, if that is also more than 20 times its busiest hour in the previous week.',
      ),
  })
  .describe('When Vigie lowers an entry by itself, or asks for a second person.');

const settings = {
  title,
  class: z.enum(contentClasses).describe('The class of an entry that names none.'),
  action: z.enum(listActions).describe('What a match with a verified entry leads to.'),
  thresholds: thresholdsSchema,
  enabled: z.boolean().describe('A disabled list matches nothing.'),
  organisation: z.string().describe('The organisation that owns the list. Default: the organisation of the key.'),
  open: z.boolean().describe('True: every organisation may match against the list.'),
  verification: verificationSchema,
  provenanceRequired: z.array(z.enum(provenanceFields)).describe('Provenance fields that an analyst must give at enrolment.'),
  share: z
    .number()
    .int()
    .min(0)
    .max(100)
    .describe('Percentage of (entry, organisation) pairs for which the list is in force. Use it to start a list gradually.'),
  policy: policySchema,
  limits: limitsSchema,
};

export const newListSchema = z.strictObject({
  id: listIdSchema.describe('1-63 of a-z, 0-9 and -, not starting with -. Vigie never gives an id twice.'),
  ...settings,
  thresholds: thresholdsSchema.default(defaultThresholds),
  enabled: settings.enabled.default(true),
  organisation: settings.organisation.optional(),
  open: settings.open.default(false),
  verification: verificationSchema
    .optional()
    .describe(
      `${verificationSchema.description} Default: one person; for a list that suppresses, two people from two organisations.`,
    ),
  provenanceRequired: settings.provenanceRequired.default([]),
  share: settings.share.default(100),
  policy: policySchema.default({}),
  limits: limitsSchema.default(defaultLimits),
});

export const listPatchSchema = z
  .strictObject(settings)
  .partial()
  .extend({ expectedVersion: expectedVersionSchema })
  .refine((patch) => Object.keys(patch).some((field) => field !== 'expectedVersion'), {
    message: 'send at least one field to change',
  });

export const listSchema = z
  .strictObject({
    id: z.string(),
    ...settings,
    thresholds: z.strictObject({ pdq: z.strictObject({ tight: z.number(), wide: z.number() }), blockhash: z.number() }),
    organisation: z.string().nullable().describe('The organisation that owns the list. Null: the list is built in.'),
    provenanceRequired: settings.provenanceRequired.readonly(),
    version: z.number().int().describe('Goes up with every change. Each match names the version that decided it.'),
    rights: z.array(z.enum(listRights)).readonly().describe('What your organisation may do with the list.'),
  })
  .describe('A hash list: what its entries show, and what a match with one of them leads to.');

export const listsSchema = z.strictObject({ items: z.array(listSchema) });
export const listParametersSchema = z.strictObject({ id: z.string().describe('The id of the list.') });

const rightsSchema = z
  .array(z.enum(listRights))
  .describe(
    '`read` entries, `enrol` new ones, `verify` (confirm and dispute, together with `read`), `match` against the list. `[]` removes all rights.',
  );

export const grantParametersSchema = z.strictObject({
  id: z.string().describe('The id of the list.'),
  organisation: z.string().describe('The id of the organisation that gets the rights.'),
});
export const grantBodySchema = z.strictObject({ rights: rightsSchema, expectedVersion: expectedVersionSchema });
export const grantsSchema = z.strictObject({
  items: z.array(z.strictObject({ organisation: z.string(), rights: z.array(z.enum(listRights)).readonly() })).readonly(),
});
