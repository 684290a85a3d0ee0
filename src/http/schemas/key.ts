import { z } from 'zod';
import { roles, trusts } from '../../domain/key.js';
import { momentSchema } from '../../domain/moment.js';
import { listIdSchema } from './list.js';

/** Quotas are stored as int4. */
const quotaSchema = z.number().int().min(0).max(2_147_483_647).nullable();
const trustSchema = z.enum(trusts).describe('`low`: verdicts show bands instead of distances.');
const quotaMinuteHelp = 'Maximum matches per minute. 0: no limit. Null: `VIGIE_QUOTA_MINUTE`.';
const quotaDayHelp = 'Maximum matches per day. 0: no limit. Null: `VIGIE_QUOTA_DAY`.';

export const newKeySchema = z.strictObject({
  organisation: listIdSchema.describe('The organisation that the key belongs to.'),
  role: z.enum(roles),
  person: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
    .nullish()
    .describe('Who holds the key. All keys of an organisation without a name count as one person.'),
  expiresAt: momentSchema('must be a time such as 2027-01-31T00:00:00Z')
    .refine((at) => at.getTime() > Date.now(), 'must be in the future')
    .nullish()
    .describe('Absent or null: it does not expire.'),
  trust: trustSchema.default('full'),
  quotaMinute: quotaSchema.default(null).describe(quotaMinuteHelp),
  quotaDay: quotaSchema.default(null).describe(quotaDayHelp),
});

const known = {
  id: z.string().describe('The 12 characters after `vig_`.'),
  organisation: z.string(),
  role: z.enum(roles),
  person: z.string().nullable().describe('Who holds the key. Null: the key names nobody.'),
  trust: trustSchema,
  quotaMinute: quotaSchema.describe(quotaMinuteHelp),
  quotaDay: quotaSchema.describe(quotaDayHelp),
  expiresAt: z.string().nullable(),
  confirmed: z.boolean().describe('False: the key waits for a second operator.'),
};

export const mintedKeySchema = z
  .strictObject({ ...known, key: z.string().describe('The key itself. No other answer shows it.') })
  .describe('A new key.');

export const keySchema = z
  .strictObject({
    ...known,
    createdAt: z.string(),
    revokedAt: z.string().nullable(),
    ownWork: z.boolean().describe('You created or hold it, so another operator must confirm it.'),
  })
  .describe('A key, without its secret.');

export const keysSchema = z.strictObject({ items: z.array(keySchema) });

export const keyIdSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[0-9a-z]{12}$/, 'must be the 12 characters after vig_')
    .describe('The id of the key.'),
});
