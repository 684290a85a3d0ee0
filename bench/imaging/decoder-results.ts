import { z } from 'zod';
import { environmentSchema } from '../results.js';

const perDecoder = z.strictObject({ native: z.number(), wasm: z.number() });

export const decoderResultsSchema = z.strictObject({
  environment: environmentSchema,
  rounds: z.number(),
  images: z.array(z.strictObject({ name: z.string(), ms: perDecoder })).min(1),
  startMs: perDecoder,
  memoryMiB: perDecoder,
});
export type DecoderResults = z.output<typeof decoderResultsSchema>;
