/** The wire of StopNCII. Its clients send more fields than these, and Vigie ignores the rest. */
import { z } from 'zod';
import { listIdSchema } from './list.js';

const list = listIdSchema.optional().describe('The list, if the header Ocp-Apim-Subscription-Key does not name it.');

export const stopnciiListSchema = z.object({ list });

export const fetchHashesQuerySchema = z.object({
  list,
  startTimestamp: z.coerce.number().int().min(0).max(1e12).default(0).describe('The last `nextSetTimestamp`. At first: 10.'),
  pageSize: z.coerce.number().int().min(1).max(5_000).default(800).describe('Entries per page.'),
  nextPageToken: z.string().max(8_000).optional().describe('Of the last page, with the same startTimestamp.'),
});

const seconds = z.number().int().describe('Seconds since 1970.');
const status = z.enum(['Active', 'Withdrawn']);

export const fetchedHashesSchema = z.object({
  count: z.number().int(),
  nextSetTimestamp: seconds,
  nextPageToken: z.string().nullable(),
  hasMoreRecords: z.boolean(),
  hashRecords: z
    .array(
      z.object({
        lastModtimestamp: seconds,
        signalType: z.string().describe('`ImagePDQ`, or `VideoMD5` for an MD5.'),
        hashValue: z.string(),
        hashStatus: status,
        caseNumbers: z.record(z.string(), status).describe('The status of each entry with this hash.'),
      }),
    )
    .readonly(),
});

const maxRecords = 200;
const tags = z.array(z.string().max(64)).max(20).default([]);
const opinion = z.object({ tags: tags.nullish(), feedbackValue: z.string().max(64).optional() });
const records = <Schema extends z.ZodType>(record: Schema) =>
  z
    .array(record)
    .min(1, 'must hold at least one record')
    .max(maxRecords, `must hold at most ${maxRecords} records; send several requests`);

export const submitHashesSchema = z.object({
  count: z.number().optional(),
  hashRecords: records(
    z.object({
      signalType: z.string().max(64),
      hashValue: z.string().max(512),
      CSPFeedbacks: z.array(opinion).max(20).nullish(),
    }),
  ),
});

export const submitFeedbackSchema = z.object({
  count: z.number().optional(),
  hashFeedbacks: records(z.object({ hashValue: z.string().max(512), feedbackValue: z.string().max(64), tags: tags.nullish() })),
});

export const submittedHashesSchema = z.strictObject({
  count: z.number().int().describe('Hashes on the list, new or not.'),
  refused: z
    .array(z.strictObject({ index: z.number().int().describe('From 0.'), code: z.string(), detail: z.string() }))
    .describe('Records that were left out.'),
});

export const submittedFeedbackSchema = z.strictObject({
  count: z.number().int().describe('Hashes that the list has, and about which the feedback says something.'),
});
