import { z } from 'zod';
import { entryStatuses } from '../../domain/entry.js';

export const verificationSchema = z.strictObject({
  people: z.number().describe('People who confirmed the entry.'),
  organisations: z.number().describe('The organisations of those people.'),
  required: z.number().describe('People that the list requires.'),
  requiredOrganisations: z.number().describe('Organisations that the list requires.'),
});

export const leaseHolderSchema = z
  .strictObject({
    mine: z.boolean(),
    organisation: z.string(),
    person: z.number().describe('The number of the person.'),
    until: z.string(),
  })
  .describe('Who works on the entry.');

const entryStateSchema = z
  .strictObject({
    status: z.enum(entryStatuses),
    verification: verificationSchema,
    by: z
      .strictObject({ organisation: z.string().nullable(), person: z.number().nullable() })
      .nullable()
      .describe('Who did the last act. Null: the service did it, or `act` is `enrol`.'),
    act: z.string().describe('The last event of the history, or `enrol` if it has none.'),
    at: z.string(),
    lease: leaseHolderSchema.nullable().describe('Null: nobody works on the entry.'),
  })
  .describe('Where the entry stands now. In a 409 about an entry that you may read.');

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
    state: entryStateSchema.optional(),
  })
  .describe('application/problem+json (RFC 9457)');
export type Problem = z.output<typeof problemSchema>;
