import { z } from 'zod';
import { environmentSchema } from '../results.js';

const share = z.number().min(0).max(1);

const rungSchema = z.strictObject({
  name: z.string(),
  /** Share of all copies. */
  recall: share,
  /** Share of the copies of the worst kind of edit. */
  worstKind: share,
  /** Mean number per entry, in the main index and in the region index. */
  hashes: z.number(),
  regions: z.number(),
  /** Mean number of PDQ searches per query. */
  searches: z.number(),
});

const stepSchema = z.strictObject({ added: z.array(z.string()), hashes: z.number(), recall: share });

export const robustnessSchema = z.strictObject({
  environment: environmentSchema,
  originals: z.strictObject({ photograph: z.number(), region: z.number(), scene: z.number() }),
  rungs: z.array(rungSchema).min(1),
  /** Index of the rung that equals the default settings. */
  defaultRung: z.number(),
  /** Share of the copies that are removed and held for review with default settings. */
  removed: share,
  held: share,
  /** Share of the copies found if entries have one hash. */
  oneHash: share,
  edits: z.array(z.strictObject({ kind: z.string(), name: z.string(), recall: z.array(share), oneHash: share })),
  selection: z.strictObject({ main: z.array(stepSchema), regions: z.array(stepSchema) }),
  /** Number of copies that match another original. Originals from the same photograph do not count. */
  confused: z.number(),
  unrelated: z.strictObject({
    images: z.number(),
    pairs: z.number(),
    /** False positives by PDQ, and by blockhash alone. A pair counts once for each direction. */
    byPdq: z.number(),
    byBlockhash: z.number(),
    /** Single regions within the radius, which policy discards because two regions must agree. */
    loneRegions: z.number(),
    searches: z.number(),
  }),
});
export type Robustness = z.output<typeof robustnessSchema>;
