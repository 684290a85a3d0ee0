import { z } from 'zod';

export const cursorSchema = z.string().describe('The `nextCursor` of the previous page, unchanged.').optional();

export function limitSchema(maximum: number, standard: number) {
  return z.coerce.number().int().min(1).max(maximum).default(standard).describe('Items per page.');
}

export function pageOf<Item extends z.ZodType>(item: Item) {
  const nextCursor = z.string().nullable().describe('Send it as `cursor` to get the next page. Null on the last page.');
  return z.strictObject({ items: z.array(item), nextCursor }).describe('One page.');
}
