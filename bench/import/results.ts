import { z } from 'zod';
import { databases } from '../faults/results.js';
import { environmentSchema, sampleSchema } from '../results.js';

const measured = { environment: environmentSchema, database: z.enum(databases) };

/** One file of a given kind, imported by `vigie import`. */
export const speedSchema = z.strictObject({
  ...measured,
  hashesPerRecord: z.number(),
  records: z.number(),
  /** From the start of the command to its end. */
  seconds: z.number(),
  /** Of the command, with the embedded database if that is in it. */
  peakMb: z.number(),
  /** COPY of the same hashes into a table like `hash`, with its indexes. Null: the embedded database has no COPY. */
  copySeconds: z.number().nullable(),
});

/** A file whose records carry image data, as some tools write them. */
export const largeSchema = z.strictObject({
  ...measured,
  gigabytes: z.number(),
  records: z.number(),
  seconds: z.number(),
  peakMb: z.number(),
});

export const matchingSchema = z.strictObject({
  ...measured,
  knownHashes: z.number(),
  imported: z.number(),
  importSeconds: z.number(),
  /** From the end of the import until the service finds its last hash. */
  visibleSeconds: z.number(),
  rate: z.number(),
  idle: sampleSchema,
  /** Windows of ten seconds, from the begin of the import until the index has everything. */
  during: z.array(sampleSchema).min(1),
  asked: z.number(),
  /** Imported hashes that did not match afterwards. */
  missed: z.number(),
});

export const importResultsSchema = z.strictObject({
  speed: z.array(speedSchema),
  large: z.array(largeSchema),
  matching: z.array(matchingSchema),
});

export type ImportSpeed = z.output<typeof speedSchema>;
export type LargeImport = z.output<typeof largeSchema>;
export type MatchingDuringImport = z.output<typeof matchingSchema>;
export type ImportResults = z.output<typeof importResultsSchema>;
