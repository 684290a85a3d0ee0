import { z } from 'zod';

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    code: z.string(),
    detail: z.string(),
    requestId: z.string(),
  })
  .describe('application/problem+json (RFC 9457)');
export type Problem = z.output<typeof problemSchema>;
