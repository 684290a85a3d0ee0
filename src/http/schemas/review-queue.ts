import { z } from 'zod';
import { contentClasses } from '../../domain/list.js';
import { hindrances, queueKinds } from '../../domain/review-queue.js';
import { entrySchema } from './entry.js';
import { cursorSchema, limitSchema } from './page.js';
import { leaseHolderSchema } from './problem.js';

export const queueQuerySchema = z.strictObject({
  kind: z
    .enum(queueKinds)
    .default('all')
    .describe('`waiting_for_me`: entries that you could confirm now, and that nobody else works on.'),
  list: z.string().optional().describe('Only entries of the list with this id.'),
  class: z.enum(contentClasses).optional(),
  series: z.string().optional(),
  source: z.string().optional().describe('Only entries that this organisation enrolled first.'),
  cursor: cursorSchema,
  limit: limitSchema(200, 50),
});

export const queueItemSchema = z.strictObject({
  entry: entrySchema,
  waitingSince: z.string().describe('When the entry got its status.'),
  ownWork: z.boolean().describe('You have or had a claim on it.'),
  confirmedByMe: z.boolean(),
  mayDecide: z.boolean().describe('You can confirm the entry, or release it, unless another person holds the lease.'),
  whyNot: z.enum(hindrances).nullable(),
  lease: leaseHolderSchema.nullable().describe('Null: nobody works on the entry.'),
});

export const queuePageSchema = z
  .strictObject({
    total: z.number().describe('Entries that the filters find, on all pages.'),
    totalIsCapped: z.boolean().describe('There are more than `total`.'),
    oldest: z.string().nullable().describe('The `waitingSince` of the oldest of them.'),
    items: z.array(queueItemSchema),
    nextCursor: z.string().nullable().describe('Send it as `cursor` to get the next page. Null on the last page.'),
  })
  .describe('Entries that wait for a person, oldest first.');

export const leaseSchema = z.strictObject({
  entry: z.string(),
  until: z.string().describe('When the lease ends, unless you renew it.'),
  mine: z.literal(true),
});
