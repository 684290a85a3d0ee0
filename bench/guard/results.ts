import { z } from 'zod';
import { environmentSchema } from '../results.js';

/** Times of batches in microseconds. */
export const timingResultsSchema = z.strictObject({
  environment: environmentSchema,
  samples: z.number(),
  /** Queries per batch. */
  batch: z.number(),
  rows: z.array(
    z.strictObject({
      /** Of a list that the caller may not match. */
      entries: z.number(),
      near: z.number(),
      far: z.number(),
      /** Of the difference, 99 %. */
      interval: z.tuple([z.number(), z.number()]),
    }),
  ),
});
export type TimingResults = z.output<typeof timingResultsSchema>;
