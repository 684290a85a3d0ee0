import { z } from 'zod';
import { environmentSchema } from '../results.js';

export const comparisonSchema = z.strictObject({
  format: z.string(),
  name: z.string(),
  shown: z.boolean(),
  /** `hashed`, or why Vigie has no hash to match. */
  answer: z.string(),
  /** Null without two hashes to compare. */
  distance: z
    .strictObject({
      /** To the main hash of the file, which is that of its first frame. */
      first: z.number(),
      /** To the nearest hash of the whole picture or of a frame. */
      nearest: z.number(),
    })
    .nullable(),
});
export type Comparison = z.output<typeof comparisonSchema>;

export const browserResultsSchema = z.strictObject({
  environment: environmentSchema,
  browser: z.string(),
  files: z.array(comparisonSchema).min(1),
});
export type BrowserResults = z.output<typeof browserResultsSchema>;
