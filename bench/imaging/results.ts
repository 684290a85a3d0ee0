/** Times in ms. */
import { z } from 'zod';
import { environmentSchema } from '../results.js';

const timeSchema = z.strictObject({ name: z.string(), median: z.number(), lower: z.number(), upper: z.number() });
export type Time = z.output<typeof timeSchema>;

const sizeSchema = z.strictObject({ width: z.number(), height: z.number(), times: z.array(timeSchema) });
export type SizeResult = z.output<typeof sizeSchema>;

const poolSchema = z.strictObject({
  processes: z.number(),
  uvThreads: z.number(),
  vipsThreads: z.number(),
  perSecond: z.number(),
});
export type PoolResult = z.output<typeof poolSchema>;

const memorySchema = z.strictObject({
  images: z.number(),
  /** Per process, after each tenth of the images. */
  residentMiB: z.array(z.array(z.number())),
});
export type MemoryResult = z.output<typeof memorySchema>;

const spreadSchema = z.strictObject({ name: z.string(), count: z.number(), distances: z.array(z.number()) });
export type Spread = z.output<typeof spreadSchema>;

export const imagingResultsSchema = z.strictObject({
  environment: environmentSchema,
  sizes: z.array(sizeSchema).min(1),
  pools: z.array(poolSchema),
  memory: memorySchema,
  /** Empty without photographs. */
  blockhash: z.array(spreadSchema),
});
export type ImagingResults = z.output<typeof imagingResultsSchema>;
