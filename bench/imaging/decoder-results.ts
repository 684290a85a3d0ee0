import { z } from 'zod';
import { environmentSchema } from '../results.js';

const perDecoder = z.strictObject({ native: z.number(), wasm: z.number() });

export const decoderResultsSchema = z.strictObject({
  environment: environmentSchema,
  rounds: z.number(),
  /** Median ms from a file to its hashes. */
  images: z.array(z.strictObject({ name: z.string(), ms: perDecoder })).min(1),
  /** Ms from the start of a process until it accepts an image. */
  startMs: perDecoder,
  /** MiB of the process after all images. */
  memoryMiB: perDecoder,
});
export type DecoderResults = z.output<typeof decoderResultsSchema>;
