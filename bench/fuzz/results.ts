import { z } from 'zod';
import { environmentSchema } from '../results.js';

const found = z.strictObject({ index: z.number(), file: z.string() });

export const fuzzRunSchema = z.strictObject({
  decoder: z.enum(['native', 'wasm']),
  seed: z.number(),
  count: z.number(),
  /** Number of files that were mutated. */
  originals: z.number(),
  seconds: z.number(),
  /** Count of each answer: `hashed` or the reason why an image is unscannable. */
  answers: z.record(z.string(), z.number()),
  /** Images that made their process exit or die from a signal, again when tried alone. */
  crashes: z.array(found),
  /** Images whose process was killed for its memory or time, again when tried alone. */
  killed: z.array(found),
  /** Images that were lost in the run but answered when tried alone: the machine was busy. */
  late: z.number(),
  /** Crashes of processes that did not happen again when the image was tried alone. */
  unreproduced: z.number(),
  /** Rejected promises. No image may cause one. */
  rejected: z.number(),
  slowestMs: z.number(),
  /** Processes that are still alive after the client is closed. */
  leftBehind: z.number(),
  /** MiB of the largest imaging process: after the first tenth of the images, at the end, and the peak. */
  memoryMiB: z.strictObject({ early: z.number(), end: z.number(), peak: z.number() }),
});
export type FuzzRun = z.output<typeof fuzzRunSchema>;

export const fuzzResultsSchema = z.strictObject({ environment: environmentSchema, runs: z.array(fuzzRunSchema).min(1) });
export type FuzzResults = z.output<typeof fuzzResultsSchema>;
