import { z } from 'zod';
import { downloadStates, exportStates, maxCanaries } from '../../domain/export.js';
import { exportFormats } from '../../service/exports/export-formats.js';
import { listIdSchema } from './list.js';
import { cursorSchema, limitSchema, pageOf } from './page.js';

const line = (max: number) => z.string().trim().min(1).max(max);
const age = 'The file is encrypted to this public key, in the format of age.';

export const exportRequestSchema = z.strictObject({
  list: listIdSchema.describe('The id of the list to export.'),
  format: z.enum(exportFormats),
  scheme: line(64).optional().describe('The scheme of the codes in the file, for a format that has several.'),
  recipient: line(200).describe('Who gets the file. An alert about a canary names it.'),
  purpose: line(500).describe('Why the recipient gets the file.'),
  age: line(4_000).optional().describe(age),
  canaries: z
    .number()
    .int()
    .min(0)
    .max(maxCanaries)
    .default(3)
    .describe('Entries of no image that only this file has. A match of one tells that the file was passed on.'),
});

const count = z.number().int();

const receiptSchema = z.strictObject({
  entries: count.describe('Entries in the file, canaries included.'),
  hashes: count,
  canaries: count,
  leftOut: count.describe('Entries without any hash that the format can carry.'),
  losses: z.record(z.string(), count).describe('Entries that lost a field or a hash, by what they lost.'),
  bytes: count,
  sha256: z.string().nullable().describe('Of the file as it was sent. Null: it was not sent to the end.'),
});

export const exportSchema = z.strictObject({
  id: z.string(),
  list: z.string(),
  organisation: z.string().nullable(),
  format: z.string(),
  scheme: z.string().nullable(),
  recipient: z.string(),
  purpose: z.string(),
  age: z.string().nullable().describe(`${age} Null: it is not encrypted.`),
  canaries: count.describe('Canaries that were asked for.'),
  state: z.enum(exportStates).describe('waiting: another person must confirm it. ready: the two people may download it.'),
  by: z.number().nullable().describe('The number of the person who asked.'),
  confirmedBy: z.number().nullable(),
  madeAt: z.string(),
  confirmedAt: z.string().nullable(),
  until: z.string().nullable().describe('When its state ends, or ended, by itself. Null: it is cancelled.'),
  downloads: z
    .array(
      z.strictObject({
        by: z.number().nullable(),
        state: z.enum(downloadStates).describe('sending: it goes on, or its process ended. broken: it broke off.'),
        begunAt: z.string(),
        endedAt: z.string().nullable(),
        receipt: receiptSchema.describe('Of a complete download, and of a broken one as far as it came.'),
      }),
    )
    .describe('Newest first.'),
});

export const exportIdSchema = z.strictObject({ id: z.string().describe('The id of the export.') });
export const exportPageQuerySchema = z.strictObject({
  list: listIdSchema.optional(),
  cursor: cursorSchema,
  limit: limitSchema(200, 50),
});
export const exportPageSchema = pageOf(exportSchema);
