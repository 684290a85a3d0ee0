import { z } from 'zod';

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.number(),
    code: z.string().describe('A stable name for the kind of error. Programs should decide by it.'),
    detail: z.string().describe('What is wrong, and what to do about it. The text may change.'),
    requestId: z.string().describe('The operator finds the request in the log by it.'),
    challenge: z.string().optional().describe('With `proof_required`: what the proof must begin with.'),
    bits: z.number().optional().describe('With `proof_required`: how many leading zero bits the proof must have.'),
  })
  .describe('application/problem+json (RFC 9457)');
export type Problem = z.output<typeof problemSchema>;
