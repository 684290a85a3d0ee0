import { z } from 'zod';
import { entryStatuses } from '../../domain/entry.js';
import { cursorSchema, limitSchema, pageOf } from './page.js';

export const seriesQuerySchema = z.strictObject({
  list: z.string().optional().describe('Only series of the list with this id.'),
  search: z.string().trim().min(1).max(500).optional().describe('A part of the name, in upper or lower case.'),
  cursor: cursorSchema,
  limit: limitSchema(200, 50),
});

export const seriesPageSchema = pageOf(
  z.strictObject({
    series: z.string(),
    entries: z.number(),
    byStatus: z.partialRecord(z.enum(entryStatuses), z.number()).describe('Statuses without an entry are absent.'),
    lists: z.array(z.string()).readonly(),
    organisations: z.number().describe('Organisations with a claim on an entry of the series.'),
    firstAt: z.string().describe('When its first entry was enrolled.'),
    lastAt: z.string().describe('When its last entry was enrolled.'),
    victimIdentified: z.boolean().nullable().describe('Null: no source says.'),
    offenderIdentified: z.boolean().nullable().describe('Null: no source says.'),
  }),
);
