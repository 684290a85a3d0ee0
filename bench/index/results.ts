/** The shapes of `bench/results/index.json` and `bench/results/soak.json`. */
import { z } from 'zod';
import { environmentSchema } from '../results.js';

export const engineSchema = z.strictObject({
  engine: z.string(),
  buildMs: z.number(),
  bytesPerHash: z.number(),
  /** Share of the true entries that were found. */
  recall: z.number(),
  p50Us: z.number(),
  p99Us: z.number(),
  queriesPerSecond: z.number(),
  threads: z.number(),
  /** Whether a subset of the answers was checked, hit by hit, against a comparison with every hash. */
  checked: z.boolean(),
});
export type EngineResult = z.output<typeof engineSchema>;

/** One set of hashes that tables find hard. Times in us. */
export const heapSchema = z.strictObject({
  name: z.string(),
  size: z.number(),
  slowestUs: z.number(),
  scanUs: z.number(),
  /** Wrong or missing hits; must be 0. */
  differences: z.number(),
});
export type HeapResult = z.output<typeof heapSchema>;

export const compactionSchema = z.strictObject({ rows: z.number(), ms: z.number(), extraMiB: z.number() });

export const indexDocumentSchema = z.strictObject({
  environment: environmentSchema,
  hashes: z.number(),
  radius: z.number(),
  queries: z.number(),
  engines: z.array(engineSchema).min(1),
  /** Resident memory of a process with nothing but one engine in it, MiB. */
  residentMiB: z.number(),
  compaction: compactionSchema,
  /** From a sealed snapshot to an index that answers, in a new process. */
  snapshotLoadMs: z.number(),
  heaps: z.array(heapSchema),
});
export type IndexDocument = z.output<typeof indexDocumentSchema>;

export const indexResultsSchema = z.array(indexDocumentSchema).min(1);
export type IndexResults = z.output<typeof indexResultsSchema>;

export const soakResultsSchema = z.strictObject({
  environment: environmentSchema,
  minutes: z.number(),
  hashes: z.number(),
  workers: z.number(),
  searches: z.number(),
  additions: z.number(),
  removals: z.number(),
  /** Stable entries missed, removed ones found, or distances untrue; must be 0. */
  wrong: z.number(),
  compactions: z.number(),
  /** After a collection: at the start, and after each tenth of the time. */
  residentMiB: z.array(z.number()).min(2),
});
export type SoakResults = z.output<typeof soakResultsSchema>;
