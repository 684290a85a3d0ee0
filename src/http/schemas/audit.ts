import { z } from 'zod';

const cursor = z
  .string()
  .regex(/^\d{1,15}$/, 'send the nextCursor of the page before, unchanged')
  .optional();

export const auditPageQuerySchema = z.strictObject({
  cursor,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

const actorSchema = z
  .strictObject({
    person: z.number().nullable(),
    organisation: z.string().nullable(),
    key: z.string().nullable(),
    via: z.enum(['key', 'setup', 'system']),
  })
  .describe('Who did it; `key` is the id of a key');

const actSchema = z
  .strictObject({
    position: z.number(),
    id: z.number(),
    at: z.string().optional(),
    actor: actorSchema.optional(),
    act: z.string().optional(),
    subject: z.string().optional(),
    detail: z.unknown().optional(),
    mac: z.string().describe('Chains this act to the one before; in hex'),
  })
  .describe('A sealed act; without `at` to `detail` where its row is gone');

export const auditPageSchema = z.strictObject({ items: z.array(actSchema), nextCursor: z.string().nullable() });
