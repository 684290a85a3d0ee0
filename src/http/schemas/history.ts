import { z } from 'zod';
import { bands, listActions, outcomes } from '../../domain/list.js';
import { verdictNames } from '../../domain/verdict.js';
import { cursorSchema, limitSchema, pageOf } from './page.js';
import { transformationSchema, verdictSchema } from './verdict.js';

export const toldVerdictSchema = z
  .strictObject({
    requestId: z.string(),
    verdict: verdictSchema.shape.verdict,
    reason: verdictSchema.shape.reason,
    matches: verdictSchema.shape.matches,
    removal: verdictSchema.shape.removal,
    answeredAt: z.string(),
  })
  .describe('A verdict as your organisation received it.');

export const toldVerdictsSchema = pageOf(toldVerdictSchema);

export const toldVerdictsQuerySchema = z.strictObject({
  verdict: z.enum(verdictNames).optional().describe('Only verdicts of this kind. Vigie keeps no `no_known_match`.'),
  cursor: cursorSchema,
  limit: limitSchema(200, 50),
});

export const requestIdSchema = z.strictObject({ requestId: z.string().describe('The `requestId` of a verdict.') });

export const feedbackRequestSchema = z.strictObject({
  outcome: z.enum(['confirmed', 'false_positive']),
  entry: z
    .string()
    .optional()
    .describe('The `entry` of a match in the verdict. Default: the first match, which decided the verdict.'),
  reason: z.string().trim().min(1).max(500).optional(),
});

export const feedbackSchema = z.strictObject({
  requestId: z.string(),
  entry: z.string(),
  outcome: feedbackRequestSchema.shape.outcome,
  at: z.string(),
});

const explainedSchema = z.strictObject({
  entry: z.string(),
  list: z.string(),
  class: z.string(),
  status: z.string().describe("The entry's status at the time of the verdict."),
  algorithm: z.string(),
  variant: z.string().describe("The variant of the entry's image that was near."),
  queryVariant: z.string().describe("The variant of the query's image that was near."),
  orientation: z.string().describe('How the entry must be turned to look like the query.'),
  negative: z.boolean().describe('The query is a negative of the entry.'),
  band: z.enum(bands),
  threshold: z.number().describe('The largest distance in bits at which the list matches.'),
  transformation: transformationSchema.nullable().describe("How the query was made of the entry's picture. Null: equal hashes."),
  corroborated: z.boolean().describe('A second algorithm agrees, or several variants agree on one geometry.'),
  sure: z.boolean().describe('The candidate is strong enough by itself to act on.'),
  verified: z.boolean().describe('The entry was confirmed as its list required, and was not in doubt.'),
  lowered: z.boolean().describe('The entry was disputed or quarantined, which lowers near matches to a hold.'),
  outcome: z.enum([...listActions, ...outcomes]).describe('What the candidate leads to by itself, before any suppression.'),
});

export const explanationSchema = z
  .strictObject({
    requestId: z.string(),
    verdict: z.enum(verdictNames),
    replayed: z
      .enum(verdictNames)
      .describe(
        'The verdict that the same candidates lead to under the same list versions. It differs from `verdict` only where part of the record is gone.',
      ),
    lists: z
      .array(z.strictObject({ list: z.string(), version: z.number() }))
      .readonly()
      .describe('The lists that decided, each in its version at that time.'),
    sightings: z
      .array(explainedSchema)
      .readonly()
      .describe('Up to 64 candidates, nearest first: stored hashes near a hash of the query.'),
  })
  .describe('How each candidate contributed to a verdict.');
