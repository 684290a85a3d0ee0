import { z } from 'zod';
import { verdictNames } from '../../domain/verdict.js';

export const activityQuerySchema = z.strictObject({
  days: z.coerce.number().int().min(1).max(365).default(30).describe('Days, with today, in UTC.'),
});

export const activitySchema = z
  .strictObject({
    since: z.string().describe('The beginning of the first day.'),
    days: z
      .array(
        z.strictObject({
          day: z.string().describe('In UTC, for example 2026-11-30.'),
          verdicts: z.partialRecord(z.enum(verdictNames), z.number()).describe('Verdicts with a match of the entry.'),
        }),
      )
      .readonly()
      .describe('Oldest first. Days without a verdict are absent.'),
    falsePositives: z.strictObject({
      count: z.number().describe('Reports of false positives, of any age.'),
      reports: z
        .array(z.strictObject({ at: z.string(), reason: z.string().nullable() }))
        .readonly()
        .describe('The newest 50, without the organisations that sent them.'),
    }),
  })
  .describe('What happened with an entry at all platforms together.');

export const entryHashesSchema = z
  .strictObject({
    items: z
      .array(
        z.strictObject({
          algorithm: z.string(),
          variant: z.string().describe('The part of the image, or what was undone before hashing.'),
          quality: z.number().nullable().describe('PDQ quality, 0-100. Null: unknown, or another algorithm.'),
        }),
      )
      .readonly(),
    fingerprint: z
      .string()
      .nullable()
      .describe('64 hexadecimal digits to draw a sign from. It is no hash of the image. Null: the entry is withdrawn.'),
  })
  .describe('Which hashes an entry has, without their values.');
