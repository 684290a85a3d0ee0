import { z } from 'zod';

export const environmentSchema = z.strictObject({
  cpu: z.string(),
  cores: z.number(),
  memoryGiB: z.number(),
  node: z.string(),
  date: z.iso.date(),
  commit: z.string(),
  note: z.string(),
});
export type Environment = z.output<typeof environmentSchema>;

/** One timed run; times in ms. */
export const sampleSchema = z.strictObject({
  perSecond: z.number(),
  p50: z.number(),
  p97_5: z.number(),
  p99: z.number(),
  /** Answers that were not 2xx, came too late or had the wrong verdict. */
  errors: z.number(),
});
export type Sample = z.output<typeof sampleSchema>;

export const scenarioSchema = z.strictObject({
  name: z.string(),
  /** Null if no service is involved. */
  knownHashes: z.number().nullable(),
  baseline: z.string().nullable(),
  /** Null if the request carries an image. */
  hashesPerRequest: z.number().nullable(),
  samples: z.array(sampleSchema).min(1),
});
export type ScenarioResult = z.output<typeof scenarioSchema>;

export const httpResultsSchema = z.strictObject({
  environment: environmentSchema,
  connections: z.number(),
  seconds: z.number(),
  scenarios: z.array(scenarioSchema),
});
export type HttpResults = z.output<typeof httpResultsSchema>;

export const policyResultsSchema = z.strictObject({
  environment: environmentSchema,
  knownHashes: z.number(),
  connections: z.number(),
  mixes: z.array(
    z.strictObject({
      /** One query in this many is a copy of a known hash. */
      knownEvery: z.number(),
      full: z.array(sampleSchema).min(1),
      searchOnly: z.array(sampleSchema).min(1),
      unguarded: z.array(sampleSchema).min(1),
    }),
  ),
});
export type PolicyResults = z.output<typeof policyResultsSchema>;

/** `nodes.json`: ms from an analyst's act on one node to the matching verdict on another. */
export const nodesResultsSchema = z.strictObject({
  environment: environmentSchema,
  entries: z.number(),
  enrolled: sampleSchema,
  withdrawn: sampleSchema,
});
export type NodesResults = z.output<typeof nodesResultsSchema>;
