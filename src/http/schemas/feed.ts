import { z } from 'zod';
import { listIdSchema } from './list.js';

export const feedQuerySchema = z.strictObject({
  list: listIdSchema.describe('The id of the list to follow.'),
  since: z.string().min(1).max(8_000).optional().describe('The `cursor` of the last page. Absent: a full reading begins.'),
  wait: z.coerce.number().int().min(0).max(25).default(0).describe('Seconds to wait for a change if there is none.'),
  limit: z.coerce.number().int().min(1).max(5_000).default(1_000).describe('Entries per page.'),
});
