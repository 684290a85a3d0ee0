import { z } from 'zod';
import { environmentSchema } from '../results.js';

const share = z.number().min(0).max(1);

const rungSchema = z.strictObject({
  name: z.string(),
  recall: share,
  worstKind: share,
  /** Copies that are removed. */
  removed: share,
  /** Copies that are recognised if their entry has only the hash of the whole image: in the list of the benchmark, and in one of 1 M. */
  oneHash: share,
  oneHashInLargeList: share,
  hashes: z.number(),
  regions: z.number(),
  searches: z.number(),
});

/** ms per query of the rungs so far. Searches among 1 M random hashes of each kind. */
const costSchema = z.strictObject({ name: z.string(), hashing: z.number(), searching: z.number() });
export type Cost = z.output<typeof costSchema>;

const editSchema = z.strictObject({ kind: z.string(), name: z.string(), recall: z.array(share), removed: share, oneHash: share });

/** A pair counts once for each direction. */
const temptedSchema = z.strictObject({
  kind: z.string(),
  name: z.string(),
  pairs: z.number(),
  removed: z.number(),
  held: z.number(),
});
export type Tempted = z.output<typeof temptedSchema>;

const stepSchema = z.strictObject({ added: z.array(z.string()), hashes: z.number(), recall: share });

export const robustnessSchema = z.strictObject({
  environment: environmentSchema,
  originals: z.strictObject({ photograph: z.number(), region: z.number(), scene: z.number() }),
  rungs: z.array(rungSchema).min(1),
  costs: z.array(costSchema),
  defaultRung: z.number(),
  /** With default settings. */
  removed: share,
  held: share,
  edits: z.array(editSchema),
  selection: z.strictObject({ main: z.array(stepSchema), regions: z.array(stepSchema) }),
  /** Copies that match another original, not counting originals from the same photograph. */
  confused: z.number(),
  unrelated: z.strictObject({
    images: z.number(),
    pairs: z.number(),
    /** False positives by PDQ, and by blockhash alone. A pair counts once for each direction. */
    byPdq: z.number(),
    byBlockhash: z.number(),
    /** Single regions, which policy discards because two must agree. */
    loneRegions: z.number(),
    searches: z.number(),
  }),
  tempted: z.array(temptedSchema),
});
export type Robustness = z.output<typeof robustnessSchema>;
