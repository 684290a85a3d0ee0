import { z } from 'zod';
import { algorithms, exactAlgorithms, perAlgorithm } from '../../domain/algorithms/registry.js';
import { orientations } from '../../domain/hash.js';
import { certainties, contentClasses, listActions } from '../../domain/list.js';
import { unscannableReasons, verdictNames } from '../../domain/verdict.js';
import { obligationSchema, recipientSchema } from './obligation.js';

const matchSchema = z.strictObject({
  entry: z.string(),
  list: z.string(),
  class: z.enum(contentClasses),
  matchType: z.enum(['exact', 'near']),
  band: z.enum(certainties).describe('exact: equal digests; tight, wide: within which of the distances of its list'),
  algorithm: z.enum(algorithms).nullable(),
  variant: z.string().nullable(),
  distance: z
    .number()
    .int()
    .nullable()
    .describe('Hamming distance in bits; null, as what tells of it, for a caller that is told bands'),
  threshold: z.number().int().nullable().describe('largest distance at which the list matches'),
  orientation: z.enum(orientations).nullable().describe('what turns the entry into the query'),
  negative: z.boolean().nullable().describe('the query is a negative of the entry'),
  corroborated: z.boolean().nullable().describe('a second, independent algorithm agrees'),
  action: z.enum(listActions).describe('what this match alone leads to'),
  policyVersion: z.number().int().describe('the version of the list that said so'),
});

export const verdictSchema = z
  .strictObject({
    requestId: z.string(),
    verdict: z.enum(verdictNames).describe('strongest first; no_known_match never means clean'),
    reason: z.enum(unscannableReasons).nullable(),
    matches: z.array(matchSchema).max(20).readonly(),
    removal: z
      .strictObject({
        action: z.enum(['remove', 'remove_and_report']),
        obligations: z.array(obligationSchema).readonly().describe('earliest deadline first; those without one last'),
        preserveUntil: z.string().nullable().describe('the latest end of a duty to preserve'),
        reportTo: z.array(recipientSchema).readonly(),
      })
      .nullable(),
    hashes: z.strictObject({
      pdq: z.string().optional(),
      blockhash: z.string().optional(),
      ...perAlgorithm(exactAlgorithms, () => z.string().optional()),
      quality: z.number().optional(),
    }),
    index: z
      .strictObject({ version: z.string(), ageMs: z.number() })
      .describe('version: changes whenever something changes that you match against'),
    policy: z.strictObject({ version: z.string() }).describe('names the lists that judged, each in its version'),
  })
  .describe('What is known of an image, and what must be done about it');

const batchErrorSchema = z.strictObject({
  id: z.string().nullable(),
  error: z.strictObject({ code: z.string(), detail: z.string() }),
});

/** One answer of a batch: a verdict with the item's id, or what was wrong with the item. */
export const batchResultSchema = z.union([verdictSchema.extend({ id: z.string() }), batchErrorSchema]);
export const batchAnswerSchema = z.strictObject({ results: z.array(batchResultSchema).readonly() });
