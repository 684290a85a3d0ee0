import { z } from 'zod';
import { environmentSchema } from '../../results.js';

/** `low` and `high`: 5 % and 95 % of the bootstrap samples are below. */
const intervalSchema = z.strictObject({ fitted: z.number(), low: z.number(), high: z.number() });
export type Interval = z.output<typeof intervalSchema>;

const countSchema = z.strictObject({ distance: z.number(), pairs: z.number(), photographPairs: z.number() });
export type DistanceCount = z.output<typeof countSchema>;

const classSchema = z.strictObject({
  compared: z.number(),
  /** Cumulative. */
  counts: z.array(countSchema),
  /** Hashes of a query find more pairs than its orientations, by this factor. */
  variantFactor: intervalSchema,
  /** Pairs within the radius, of all hashes of a query, per pair compared. */
  within: z.array(z.strictObject({ radius: z.number(), share: intervalSchema })),
});

export const tailSchema = z.strictObject({
  environment: environmentSchema,
  photographs: z.number(),
  drawings: z.number(),
  crops: z.number(),
  separability: z.strictObject({ limit: z.number(), median: z.number(), p95: z.number(), highest: z.number() }),
  threshold: z.number(),
  queries: z.strictObject({ count: z.number(), hashes: z.number(), distance: z.number() }),
  rich: classSchema,
  simple: classSchema,
  /** Of rich pairs, by threshold. `radius`: for a million hashes. */
  fits: z.array(
    z.strictObject({
      threshold: z.number(),
      pairs: z.number(),
      share: intervalSchema,
      scale: intervalSchema,
      shape: intervalSchema,
      gain: z.number(),
      designEffect: z.number(),
      radius: z.strictObject({ bound: z.number(), fitted: z.number(), pareto: z.number(), paretoBound: z.number() }),
    }),
  ),
  /** By the largest separability that counts as rich. `radius`: for a million hashes. */
  limits: z.array(z.strictObject({ limit: z.number(), crops: z.number(), radius: z.number() })),
  /** Pairs of rich crops of 85 to 100 % of the sides. */
  large: z.strictObject({ crops: z.number(), compared: z.number(), counts: z.array(countSchema), scale: intervalSchema }),
  /** By the generalised Pareto: rich pairs within the radius of a million hashes, per pair compared. */
  heavy: z.strictObject({ radius: z.number(), share: intervalSchema }),
  /** Unrelated hashes in a list that give at most one false hold in 10 000 uploads. */
  largestLists: z.array(z.strictObject({ radius: z.number(), hashes: z.number() })),
});
export type Tail = z.output<typeof tailSchema>;
