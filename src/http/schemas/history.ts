import { z } from 'zod';
import { listActions, outcomes } from '../../domain/list.js';
import { verdictNames } from '../../domain/verdict.js';
import { verdictSchema } from './verdict.js';

export const toldVerdictSchema = z
  .strictObject({
    requestId: z.string(),
    verdict: verdictSchema.shape.verdict,
    reason: verdictSchema.shape.reason,
    matches: verdictSchema.shape.matches,
    removal: verdictSchema.shape.removal,
    answeredAt: z.string(),
  })
  .describe('A verdict as it was told; those of no_known_match are only counted');

export const toldVerdictsSchema = z.strictObject({ items: z.array(toldVerdictSchema), nextCursor: z.string().nullable() });

export const toldVerdictsQuerySchema = z.strictObject({
  verdict: z.enum(verdictNames).optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const requestIdSchema = z.strictObject({ requestId: z.string() });

export const feedbackRequestSchema = z.strictObject({
  outcome: z.enum(['confirmed', 'false_positive']),
  entry: z.string().optional().describe('which match; default: the first, which decided the verdict'),
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
  status: z.string(),
  algorithm: z.string(),
  variant: z.string(),
  queryVariant: z.string(),
  orientation: z.string(),
  negative: z.boolean(),
  band: z.enum(['exact', 'tight', 'wide']),
  threshold: z.number(),
  corroborated: z.boolean().describe('a second, independent algorithm agrees'),
  sure: z.boolean().describe('enough by itself to act on'),
  verified: z.boolean().describe('confirmed as its list requires, and not in doubt'),
  lowered: z.boolean().describe('disputed or quarantined, which lowers near matches to a hold'),
  outcome: z.enum([...listActions, ...outcomes]).describe('what it leads to by itself, before suppressions'),
});

export const explanationSchema = z
  .strictObject({
    requestId: z.string(),
    verdict: z.enum(verdictNames),
    replayed: z.enum(verdictNames).describe('what the same sightings lead to now under the same versions of the lists'),
    lists: z.array(z.strictObject({ list: z.string(), version: z.number() })).readonly(),
    sightings: z.array(explainedSchema).readonly(),
  })
  .describe('Why a verdict was what it was');
