import { z } from 'zod';
import { environmentSchema } from '../results.js';

export const databases = ['embedded', 'postgres'] as const;
export type DatabaseKind = (typeof databases)[number];

export const faultRowSchema = z.strictObject({
  /** For example `503 answers, p99`. */
  measured: z.string(),
  value: z.number(),
  /** Empty for a count. */
  unit: z.string(),
  /** Neither: the figure has no goal and is shown for comparison. */
  maximum: z.number().optional(),
  minimum: z.number().optional(),
});
export type FaultRow = z.output<typeof faultRowSchema>;

export const faultResultsSchema = z.strictObject({
  scenarios: z.array(
    z.strictObject({
      name: z.string(),
      goal: z.string(),
      database: z.enum(databases),
      environment: environmentSchema,
      rows: z.array(faultRowSchema).min(1),
    }),
  ),
});
export type FaultResults = z.output<typeof faultResultsSchema>;
export type ScenarioFigures = FaultResults['scenarios'][number];

export function isMet({ value, maximum, minimum }: FaultRow): boolean {
  return value <= (maximum ?? Number.POSITIVE_INFINITY) && value >= (minimum ?? Number.NEGATIVE_INFINITY);
}

/** The figures of `measured` replace those of the same scenario on the same database. */
export function merged(earlier: FaultResults | undefined, measured: readonly ScenarioFigures[]): FaultResults {
  const idOf = ({ name, database }: ScenarioFigures) => `${name} on ${database}`;
  const all = new Map([...(earlier?.scenarios ?? []), ...measured].map((one) => [idOf(one), one]));
  return { scenarios: [...all.values()] };
}
