import { z } from 'zod';
import { environmentSchema } from '../results.js';

const share = z.number().min(0).max(1);

const rungSchema = z.strictObject({
  name: z.string(),
  recall: share,
  worstKind: share,
  hashes: z.number(),
  regions: z.number(),
  searches: z.number(),
});

const stepSchema = z.strictObject({ added: z.array(z.string()), hashes: z.number(), recall: share });

export const robustnessSchema = z.strictObject({
  environment: environmentSchema,
  originals: z.strictObject({ photograph: z.number(), region: z.number(), scene: z.number() }),
  rungs: z.array(rungSchema).min(1),
  defaultRung: z.number(),
  /** With default settings. */
  removed: share,
  held: share,
  oneHash: share,
  edits: z.array(z.strictObject({ kind: z.string(), name: z.string(), recall: z.array(share), oneHash: share })),
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
});
export type Robustness = z.output<typeof robustnessSchema>;
