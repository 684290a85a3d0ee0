/** The shapes of the files in `bench/results/`, shared by the benches that write them and the report that reads them. */
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

/** One timed run. Times in ms. */
export const sampleSchema = z.strictObject({
  perSecond: z.number(),
  p50: z.number(),
  p97_5: z.number(),
  p99: z.number(),
  /** Answers that were not 2xx, not in time, or not the right verdict. */
  errors: z.number(),
});
export type Sample = z.output<typeof sampleSchema>;

export const scenarioSchema = z.strictObject({
  name: z.string(),
  /** Null: no service is involved. */
  knownHashes: z.number().nullable(),
  /** The scenario it is compared with; null for a baseline itself. */
  baseline: z.string().nullable(),
  /** Hashes each request asks for; null where it carries an image. */
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

/** `bench/results/import.json`: matching at a fixed rate, alone and while hashes are imported. */
export const importResultsSchema = z.strictObject({
  environment: environmentSchema,
  knownHashes: z.number(),
  imported: z.number(),
  importSeconds: z.number(),
  rate: z.number(),
  idle: sampleSchema,
  /** One window after the other, from the first imported hash to the last that the index has worked in. */
  during: z.array(sampleSchema).min(1),
  /** Imported hashes asked for afterwards, and how many of them did not match; must be 0. */
  asked: z.number(),
  missed: z.number(),
});
export type ImportResults = z.output<typeof importResultsSchema>;

/** `bench/results/policy.json`: hash matches with and without what policy and logging take, in turns. */
export const policyResultsSchema = z.strictObject({
  environment: environmentSchema,
  knownHashes: z.number(),
  connections: z.number(),
  mixes: z.array(
    z.strictObject({
      /** One query in so many is a copy of something known, so its verdict is committed before the reply. */
      knownEvery: z.number(),
      whole: z.array(sampleSchema).min(1),
      searchOnly: z.array(sampleSchema).min(1),
      judged: z.array(sampleSchema).min(1),
    }),
  ),
});
export type PolicyResults = z.output<typeof policyResultsSchema>;

/** `bench/results/nodes.json`: ms from an analyst's act on one node to the verdict of another. */
export const nodesResultsSchema = z.strictObject({
  environment: environmentSchema,
  entries: z.number(),
  enrolled: sampleSchema,
  withdrawn: sampleSchema,
});
export type NodesResults = z.output<typeof nodesResultsSchema>;
