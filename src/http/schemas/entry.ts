import { z } from 'zod';
import { entryStatuses } from '../../domain/entry.js';
import { type HashSet, maxUpright } from '../../domain/hash.js';
import { contentClasses } from '../../domain/list.js';
import { momentSchema } from '../../domain/moment.js';
import { hashesSchema } from './hashes.js';
import { listIdSchema } from './list.js';
import { cursorSchema, limitSchema, pageOf } from './page.js';
import { verificationSchema } from './problem.js';

const line = z.string().trim().min(1).max(500);

const provenanceSchema = z
  .object({
    unit: line.optional(),
    reference: line.optional(),
    legalBasis: line.optional(),
    date: z.iso.date('must be a date such as 2026-11-23').optional(),
  })
  .catchall(line.optional())
  .describe('Where the content comes from. A list may require the four named fields; others are free.');

const sourceCodeSchema = z.strictObject({
  scheme: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .describe('The classification scheme and its version. VICS 0 has opposite meanings in two schemes.'),
  code: z.string().trim().min(1).max(64),
});

const aboutSeries = 'The same text for all images of one victim or one seizure.';
const syntheticSchema = z.boolean().describe('True: the image was generated or altered.');

const request = {
  list: listIdSchema.describe('The id of the list to enrol into.'),
  class: z.enum(contentClasses).optional().describe("What the image shows. Default: the list's class."),
  provenance: provenanceSchema.optional(),
  sourceCodes: z.array(sourceCodeSchema).max(20).optional().describe('The class in other classification schemes.'),
  series: line.optional().describe(aboutSeries),
  synthetic: syntheticSchema.optional(),
  despiteWithdrawal: line
    .optional()
    .describe(
      'Why the list should hold content that another organisation withdrew from it. Two people must then confirm the entry.',
    ),
  expiresAt: momentSchema('must be a time such as 2026-11-23T12:00:00Z')
    .transform((at) => at.toISOString())
    .optional()
    .describe('When Vigie withdraws the entry by itself.'),
};

const uprightOf = ({ pdq = [] }: HashSet) => pdq.filter(({ orientation }) => orientation === 'identity');
const entryHashesSchema = hashesSchema.refine((hashes) => uprightOf(hashes).length <= maxUpright, {
  path: ['pdq'],
  message: `must hold at most ${maxUpright} hashes of orientation identity; turned ones are not stored`,
});

/** The form field beside an image. */
export const entryFieldSchema = z.strictObject(request);
export const entryRequestSchema = z.strictObject({ ...request, hashes: entryHashesSchema });

const claimSchema = z.strictObject({
  id: z.string(),
  organisation: z.string().nullable().describe('Null: built in.'),
  provenance: provenanceSchema,
  expiresAt: z.string().nullable().describe('When the claim ends by itself. Null: never.'),
  madeAt: z.string(),
});

export const entrySchema = z
  .strictObject({
    id: z.string(),
    list: z.string(),
    class: z.enum(contentClasses).describe('What the image shows.'),
    status: z.enum(entryStatuses),
    organisation: z.string().nullable().describe('The organisation that enrolled it first. Null: built in.'),
    verification: verificationSchema,
    hashCount: z.number().describe('Number of stored hashes.'),
    quality: z.number().nullable().describe('PDQ quality, 0-100. Null: unknown.'),
    provenance: provenanceSchema.describe('Of the first claim.'),
    sourceCodes: z.array(sourceCodeSchema).readonly().describe('The class in other classification schemes.'),
    series: z.string().nullable().describe(aboutSeries),
    synthetic: syntheticSchema,
    expiresAt: z
      .string()
      .nullable()
      .describe('When Vigie withdraws the entry by itself: the latest end of its claims. Null: never.'),
    withdrawal: z
      .strictObject({ reason: z.string(), requestedAt: z.string() })
      .nullable()
      .describe('A withdrawal that waits for a second person of the organisation. Null: there is none.'),
    erasure: z
      .strictObject({
        requestedAt: z.string(),
        finalAt: z.string().describe('Vigie deletes the sealed hashes then. Until then, another person can restore the entry.'),
        waiting: z.boolean().describe('True: a second person must confirm it, by a withdrawal with `byVictim`.'),
      })
      .nullable()
      .describe('How the hashes of an entry leave that the person depicted had withdrawn. Null: it is another or no withdrawal.'),
    claims: z
      .array(claimSchema)
      .readonly()
      .describe('Who has the content on this list, and why, oldest first. The entry matches until the last claim ends.'),
    canary: z
      .literal(true)
      .optional()
      .describe('The entry is a canary of an export. Only analysts and reviewers of the owner of the list see this.'),
    createdAt: z.string(),
    updatedAt: z.string(),
  })
  .describe('One item of known content, without its hashes.');

export const receiptSchema = z
  .strictObject({ receipt: z.string() })
  .describe('The enrolment was received. It does not tell whether the list already holds the content.');

export const entryPageQuerySchema = z.strictObject({
  list: z.string().optional().describe('Only entries of the list with this id.'),
  status: z.enum(entryStatuses).optional(),
  series: z.string().optional().describe('Only entries of this series.'),
  class: z.enum(contentClasses).optional(),
  organisation: z.string().optional().describe('Only entries that this organisation enrolled first.'),
  erasure: z.literal('waiting').optional().describe('Only entries whose erasure a second person must confirm.'),
  cursor: cursorSchema,
  limit: limitSchema(200, 50),
});
export const entryPageSchema = pageOf(entrySchema);

export const neighboursQuerySchema = z.strictObject({
  radius: z.coerce.number().int().min(0).max(128).default(63).describe('The largest PDQ Hamming distance in bits.'),
  limit: z.coerce.number().int().min(1).max(100).default(20).describe('The largest number of entries.'),
});
export const neighboursSchema = z.strictObject({
  items: z.array(z.strictObject({ entry: entrySchema, distance: z.number().describe('PDQ Hamming distance in bits.') })),
});

export const withdrawSchema = z
  .strictObject({
    reason: line,
    byVictim: z
      .boolean()
      .default(false)
      .describe(
        'True: the person depicted asked for it. All claims end, the list refuses the content from now on, and Vigie deletes the sealed hashes after 72 hours.',
      ),
    allClaims: z
      .boolean()
      .default(false)
      .describe(
        "True: the claims of all organisations end. Only for the list's owner. It needs this only if it had a claim itself.",
      ),
    claim: z.string().optional().describe('Only this claim ends. Default: all claims of your organisation.'),
  })
  .refine(({ byVictim, allClaims, claim }) => claim === undefined || !(byVictim || allClaims), {
    path: ['claim'],
    message: 'must be absent with byVictim or allClaims, which end all claims',
  });
export const remarkSchema = z.strictObject({ reason: line.optional() }).nullish();
export const reasonSchema = z.strictObject({ reason: line });

export const historySchema = z.strictObject({
  items: z
    .array(
      z.strictObject({
        event: z.string().describe('For example `confirm`, `dispute` or `withdraw`.'),
        organisation: z.string().nullable().describe('Null: the service did it, or a command during set-up.'),
        person: z.number().nullable().describe('The number of the person. Null: as for `organisation`.'),
        reason: z.string().nullable(),
        from: z.string().describe('The status before.'),
        to: z.string().describe('The status after.'),
        at: z.string(),
      }),
    )
    .readonly(),
});

export const previewSchema = z
  .strictObject({
    queries: z
      .strictObject({ asked: z.number().describe('Queries compared.'), hit: z.number().describe('Queries near the image.') })
      .describe('Recent queries of the organisations that allow Vigie to keep theirs.'),
    entries: z
      .array(
        z.strictObject({ entry: z.string(), list: z.string(), distance: z.number().describe('PDQ Hamming distance in bits.') }),
      )
      .readonly()
      .describe('Up to 20 known entries near the image, nearest first, from lists that you may read.'),
    knownGood: z.enum(['same', 'near', 'none']).describe('How similar the image is to images known to be harmless.'),
    degenerate: z.string().nullable().describe('Why nobody could enrol these hashes. Null: they are fine.'),
  })
  .describe('What an entry with this image would match.');
export const entryIdSchema = z.strictObject({ id: z.string().describe('The id of the entry.') });
