import { z } from 'zod';
import { importStates } from '../../domain/import.js';
import { importFormats } from '../../service/imports/import-formats.js';
import { listIdSchema } from './list.js';
import { cursorSchema, limitSchema, pageOf } from './page.js';

const flag = (text: string) => z.enum(['true', 'false']).default('false').describe(text);

export const importQuerySchema = z.strictObject({
  list: listIdSchema.describe('The id of the list to import into.'),
  format: z.enum(importFormats).optional().describe('The format of the file. Default: recognised from its content.'),
  source: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be 1 to 63 letters, digits, ".", "_" or "-"')
    .optional()
    .describe('Who the file comes from. A newer file of the same source updates its records. Default: the name of the format.'),
  file: z.string().trim().min(1).max(200).default('upload').describe('A name for the file, shown to people.'),
  replace: flag('true: withdraw the records of this source that the file no longer has.'),
  dryRun: flag('true: report what the import would do, and write nothing.'),
  skipInvalid: flag('true: import the good records of a file that also has bad ones.'),
});

const count = z.number().int();

const reportSchema = z.strictObject({
  records: count.describe('Records read so far.'),
  hashes: count,
  new: count.describe('Records whose content the list did not hold.'),
  known: count.describe('Records whose content the list holds: the import adds a claim.'),
  changed: count.describe('Records of this source that show other content than before.'),
  repeated: count.describe('Records with the id of an earlier record of the file. The first one counts.'),
  ended: count.describe('Claims of this source that the import ends.'),
  invalid: count,
  unmatchable: count.describe('Left out, because they have only hashes that Vigie cannot match.'),
  degenerate: count.describe('Left out, because they would match everything.'),
  knownGood: count.describe('Left out, because a list of harmless content has an entry that looks the same.'),
  withdrawnBefore: count.describe('Left out, because the list refuses content that was withdrawn from it.'),
  unknownClass: count.describe('Held for review, because Vigie does not know their class.'),
  nearKnownGood: count.describe('Imported as drafts, because a list of harmless content has a similar entry.'),
  unsupported: z.record(z.string(), count).describe('Hashes that Vigie cannot match, by kind.'),
  imageDataSkipped: count.describe('Records that came with image data, which was dropped unread.'),
  problems: z.array(z.strictObject({ at: z.string(), reason: z.string() })).describe('The first 100 records that were left out.'),
});

export const importSchema = z.strictObject({
  id: z.string(),
  list: z.string(),
  organisation: z.string().nullable(),
  source: z.string(),
  format: z.string().nullable().describe('Null until it is recognised.'),
  file: z.string(),
  replace: z.boolean(),
  dryRun: z.boolean(),
  state: z.enum(importStates).describe('waiting: a second person must confirm it, because it ends many claims.'),
  failure: z.string().nullable().describe('Why it failed or was cancelled.'),
  report: reportSchema,
  madeAt: z.string(),
  endedAt: z.string().nullable(),
});

export const importIdSchema = z.strictObject({ id: z.string().describe('The id of the import.') });
export const importPageQuerySchema = z.strictObject({
  list: listIdSchema.optional(),
  cursor: cursorSchema,
  limit: limitSchema(200, 50),
});
export const importPageSchema = pageOf(importSchema);
