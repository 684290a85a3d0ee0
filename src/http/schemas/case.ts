import { z } from 'zod';
import { type CaseNumber, parseCaseNumber } from '../../domain/case-number.js';
import { caseFileStates } from '../../domain/help-case.js';
import { hashesSchema } from './hashes.js';

const maxFiles = 100;

const pin = z
  .string()
  .min(6, 'must have at least 6 characters')
  .max(64, 'must have at most 64 characters')
  .describe('Chosen by the person. Vigie stores a slow hash of it.');

const agreed = z.literal(true, 'must be true');

export const caseRequestSchema = z.strictObject({
  files: z
    .array(z.strictObject({ hashes: hashesSchema }))
    .min(1, 'must hold at least one file')
    .max(maxFiles, `must hold at most ${maxFiles} files`)
    .describe('Vigie keeps the PDQ hash of the whole upright picture, and hashes that match only what is equal.'),
  statements: z.strictObject({
    adult: agreed.describe('The person is 18 or older.'),
    depicted: agreed.describe('The person is in the pictures.'),
    noConsent: agreed.describe('The person has not agreed that they are shared.'),
  }),
  appearedAt: z
    .string()
    .max(500, 'must have at most 500 characters')
    .optional()
    .describe('Where the pictures appeared. Stored encrypted.'),
  language: z.enum(['fr', 'en']).optional(),
  pin,
  request: z
    .uuid('must be a UUID')
    .optional()
    .describe('Random. The same body again within 24 hours gets the same case, not a second one.'),
  proof: z
    .strictObject({ challenge: z.string().max(200), solution: z.string().max(100) })
    .optional()
    .describe(
      'The answer to `proof_required`: SHA-256 of challenge and solution, as UTF-8 one after the other, begins with `bits` zero bits.',
    ),
});

const file = z.int32().min(1).max(maxFiles).describe('From 1, in the order of the request.');
const state = z
  .enum(caseFileStates)
  .describe(
    '`checking`: it matches, and platforms hold what matches. `active`: somebody confirmed it as well. `refused`: it cannot be listed. `same`: equal to file `sameAs`. `withdrawn`: it no longer matches for this case.',
  );
const fileState = { file, state, sameAs: file.optional() };

export const openedCaseSchema = z.strictObject({
  caseNumber: z.string().describe('Shown once: nobody can recover it.'),
  openedAt: z.iso.datetime(),
  files: z.array(z.strictObject(fileState)),
});

const caseNumber = z
  .string()
  .max(64, 'must have at most 64 characters')
  .transform((text, context): CaseNumber => {
    const number = parseCaseNumber(text);
    if (number) return number;
    context.addIssue({
      code: 'custom',
      message: 'is not a case number: 13 letters and digits, the last of which checks the others',
    });
    return z.NEVER;
  })
  .describe('Any case, with or without hyphens; I and L count as 1, O as 0.');

export const caseKeySchema = z.strictObject({ caseNumber, pin });

export const caseWithdrawalSchema = z.strictObject({
  caseNumber,
  pin,
  files: z.array(file).min(1, 'must hold at least one file; leave it out for all').max(maxFiles).optional(),
});

const count = z.int32().min(0);

export const caseStatusSchema = z.strictObject({
  openedAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable().describe('Null: a file still matches for this case.'),
  files: z.array(
    z.strictObject({
      ...fileState,
      platforms: z
        .strictObject({ held: count, removed: count })
        .describe('Platforms that met the picture since the case was opened, and what their strongest verdict was.'),
    }),
  ),
});
