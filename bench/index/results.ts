import { z } from 'zod';
import { environmentSchema } from '../results.js';

export const engineSchema = z.strictObject({
  engine: z.string(),
  buildMs: z.number(),
  bytesPerHash: z.number(),
  recall: z.number(),
  p50Us: z.number(),
  p99Us: z.number(),
  queriesPerSecond: z.number(),
  threads: z.number(),
  /** True if some answers were compared with brute force. */
  checked: z.boolean(),
});
export type EngineResult = z.output<typeof engineSchema>;

export const heapSchema = z.strictObject({
  name: z.string(),
  size: z.number(),
  slowestUs: z.number(),
  scanUs: z.number(),
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
  residentMiB: z.number(),
  compaction: compactionSchema,
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
  wrong: z.number(),
  compactions: z.number(),
  /** After a garbage collection: at the start, and after each tenth of the time. */
  residentMiB: z.array(z.number()).min(2),
});
export type SoakResults = z.output<typeof soakResultsSchema>;
