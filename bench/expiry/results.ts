import { z } from 'zod';
import { databases } from '../faults/results.js';
import { environmentSchema } from '../results.js';

const measured = z.strictObject({
  environment: environmentSchema,
  database: z.enum(databases),
  entries: z.number(),
  /** Per run. */
  seconds: z.array(z.number()).min(1),
});
export type MeasuredExpiry = z.output<typeof measured>;

/** One per database. */
export const expiryResultsSchema = z.array(measured);
export type ExpiryResults = z.output<typeof expiryResultsSchema>;
