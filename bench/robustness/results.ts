/** The shape of `bench/results/robustness.json`. */
import { z } from 'zod';
import { environmentSchema } from '../results.js';

const share = z.number().min(0).max(1);

const rungSchema = z.strictObject({
  name: z.string(),
  /** Of all copies. */
  recall: share,
  /** Of the worst kind. */
  worstKind: share,
  /** Hashes of an entry, mean: in the main index, and in that of regions. */
  hashes: z.number(),
  regions: z.number(),
  /** PDQ searches a query, mean. */
  searches: z.number(),
});

const stepSchema = z.strictObject({ added: z.array(z.string()), hashes: z.number(), recall: share });

export const robustnessSchema = z.strictObject({
  environment: environmentSchema,
  originals: z.strictObject({ photograph: z.number(), region: z.number(), scene: z.number() }),
  rungs: z.array(rungSchema).min(1),
  /** The rung that the service's default is. */
  defaultRung: z.number(),
  /** Of the default: copies whose verdict removes, and those held for review. */
  removed: share,
  held: share,
  /** Copies found of entries that came as one hash. */
  oneHash: share,
  edits: z.array(z.strictObject({ kind: z.string(), name: z.string(), recall: z.array(share), oneHash: share })),
  edge: z.strictObject({ main: z.array(stepSchema), regions: z.array(stepSchema) }),
  /** Copies taken for another original, over all copies: originals from one photograph are left out. */
  confused: z.number(),
  unrelated: z.strictObject({
    images: z.number(),
    pairs: z.number(),
    /** False positives, counted once for each way round: by PDQ, and by blockhash alone. */
    byPdq: z.number(),
    byBlockhash: z.number(),
    /** Lone regions within the radius, which the rule of two discards. */
    loneRegions: z.number(),
    searches: z.number(),
  }),
});
export type Robustness = z.output<typeof robustnessSchema>;
