import { z } from 'zod';
import { environmentSchema } from '../results.js';
import { otherFormatNames } from './corpus.js';

const found = z.strictObject({ index: z.number(), file: z.string() });

export const fuzzRunSchema = z.strictObject({
  decoder: z.enum(['native', 'wasm']),
  /** Absent: files of every format. */
  format: z.enum(otherFormatNames).optional(),
  seed: z.number(),
  count: z.number(),
  originals: z.number(),
  seconds: z.number(),
  answers: z.record(z.string(), z.number()),
  crashes: z.array(found),
  killed: z.array(found),
  late: z.number(),
  unreproduced: z.number(),
  rejected: z.number(),
  slowestMs: z.number(),
  leftBehind: z.number(),
  memoryMiB: z.strictObject({ early: z.number(), end: z.number(), peak: z.number() }),
});
export type FuzzRun = z.output<typeof fuzzRunSchema>;

export const fuzzResultsSchema = z.strictObject({ environment: environmentSchema, runs: z.array(fuzzRunSchema).min(1) });
export type FuzzResults = z.output<typeof fuzzResultsSchema>;
