import { z } from 'zod';
import { cursorSchema, limitSchema, pageOf } from './page.js';

export const auditPageQuerySchema = z.strictObject({
  cursor: cursorSchema
    .unwrap()
    .regex(/^\d{1,15}$/, 'send the nextCursor of the previous page, unchanged')
    .optional(),
  limit: limitSchema(1_000, 100),
});

const actorSchema = z
  .strictObject({
    person: z.number().nullable(),
    organisation: z.string().nullable(),
    key: z.string().nullable().describe('The id of the API key, never the key itself.'),
    via: z
      .enum(['key', 'setup', 'system'])
      .describe('`setup`: a command without a key, before a second operator existed. `system`: the service itself.'),
  })
  .describe('Who did it.');

const actSchema = z
  .strictObject({
    position: z.number().describe('The place in the chain; it never changes.'),
    id: z.number(),
    at: z.string().optional().describe('UTC, to the microsecond.'),
    actor: actorSchema.optional(),
    act: z.string().optional().describe('What was done, for example `entry.confirm`.'),
    subject: z.string().optional().describe('The id of the thing it was done to.'),
    detail: z.unknown().optional(),
    mac: z.string().describe('Chains this act to the previous one. Hexadecimal.'),
  })
  .describe('A sealed act. If somebody removed its row, only `position`, `id` and `mac` remain.');

export const auditPageSchema = pageOf(actSchema);
