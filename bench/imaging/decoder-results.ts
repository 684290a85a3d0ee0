/** The shape of `bench/results/decoders.json`. */
import { z } from 'zod';
import { environmentSchema } from '../results.js';

const each = z.strictObject({ native: z.number(), wasm: z.number() });

export const decoderResultsSchema = z.strictObject({
  environment: environmentSchema,
  rounds: z.number(),
  /** Milliseconds from the file to its hashes, median over the rounds, in a process that does nothing else. */
  images: z.array(z.strictObject({ name: z.string(), ms: each })).min(1),
  /** Milliseconds from the start of a process to the first image it could take. */
  startMs: each,
  /** MiB of that process after all images. */
  memoryMiB: each,
});
export type DecoderResults = z.output<typeof decoderResultsSchema>;
