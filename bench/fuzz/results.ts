/** The shape of `bench/results/fuzz.json`. */
import { z } from 'zod';
import { environmentSchema } from '../results.js';

const found = z.strictObject({ index: z.number(), file: z.string() });

/** One run under one decoder. */
export const fuzzRunSchema = z.strictObject({
  decoder: z.enum(['native', 'wasm']),
  seed: z.number(),
  count: z.number(),
  /** Files that were mutated. */
  originals: z.number(),
  seconds: z.number(),
  /** How many answers of each kind: `hashed` or a reason. */
  answers: z.record(z.string(), z.number()),
  /** Images whose process ended by itself: a signal or an exit. Again, when each was tried alone. */
  crashes: z.array(found),
  /** Images that were ended for their memory or their time, also alone. */
  ended: z.array(found),
  /** Images that were lost in the run and answered alone: the machine was busy. */
  late: z.number(),
  /** Processes that ended by themselves in the run beyond `crashes`. */
  unreproduced: z.number(),
  /** Promises that were rejected, which no image may cause. */
  rejected: z.number(),
  slowestMs: z.number(),
  /** Processes that live after all is closed. */
  leftBehind: z.number(),
  /** MiB of the largest imaging process: after the first tenth of the images, at the end, and the most there was. */
  memoryMiB: z.strictObject({ early: z.number(), end: z.number(), most: z.number() }),
});
export type FuzzRun = z.output<typeof fuzzRunSchema>;

export const fuzzResultsSchema = z.strictObject({ environment: environmentSchema, runs: z.array(fuzzRunSchema).min(1) });
export type FuzzResults = z.output<typeof fuzzResultsSchema>;
