/** The lines of Vigie's own format. docs/api/formats.md describes them. */
import { z } from 'zod';
import { algorithms } from '../domain/algorithms/registry.js';
import { variantName } from '../domain/hash.js';
import { momentSchema } from '../domain/moment.js';

/** A reader refuses a higher version. New optional members do not raise it. */
export const formatVersion = 1;

export const headerSchema = z.object({ vigie: z.literal('entries'), version: z.number().int(), at: z.string() });

export const endSchema = z.strictObject({ end: z.literal(true), records: z.number().int().min(0) });

const moment = momentSchema('must be a time such as 2026-11-23T12:00:00Z').transform((at) => at.toISOString());
const text = z.string().min(1).max(500);
const hash = z.object({
  // Newer versions may know more algorithms.
  algorithm: z.string().regex(/^\w{1,40}$/),
  value: z.string(),
  quality: z.number().int().min(0).max(100).nullish(),
  variant: z.string().regex(variantName).optional(),
});

const facts = z.object({
  victimIdentified: z.boolean().optional(),
  offenderIdentified: z.boolean().optional(),
  distributed: z.boolean().optional(),
  submissions: z.number().int().min(0).optional(),
});

export const entrySchema = z.object({
  id: z.string().min(1).max(100),
  list: z.string().max(100),
  withdrawn: z.boolean().optional(),
  sourceId: text.nullish(),
  class: z.string().max(64).optional(),
  /** Missing in a tombstone of the feed. */
  hashes: z.array(hash).max(200).default([]),
  sourceCodes: z
    .array(z.object({ scheme: z.string().min(1).max(64), code: z.string().min(1).max(64) }))
    .max(20)
    .optional(),
  series: text.nullish(),
  synthetic: z.boolean().optional(),
  provenance: z.record(z.string(), text.optional()).optional(),
  facts: facts.optional(),
  expiresAt: moment.nullish(),
  updatedAt: moment,
});

export type EntryLine = z.output<typeof entrySchema>;
export const carriedAlgorithms = algorithms;
