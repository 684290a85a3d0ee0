import { z } from 'zod';
import { issuerKinds, legalRequestFilters, legalRequestKinds, legalRequestStates, outcomes } from '../../domain/legal-request.js';
import { contentClasses } from '../../domain/list.js';
import { pauseReasons } from '../../domain/regimes/regime.js';
import { obligationSchema } from './obligation.js';

/** A line of text. Control characters are no text, and PostgreSQL stores no NUL. */
const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'must have no control characters');

const moment = z.iso
  .datetime({ offset: true, error: 'must be a time such as 2026-11-23T12:00:00Z' })
  .transform((text) => Date.parse(text));

export const newLegalRequestSchema = z.strictObject({
  regime: z.string().describe('one that your organisation switched on: GET /v1/regimes'),
  issuer: line(200).describe('who sent it; of a private person an alias, never a name'),
  issuerKind: z.enum(issuerKinds).optional().describe('default: authority for an order, else what the regime says'),
  reference: line(200).describe("the issuer's number; the same one twice is refused"),
  about: line(2_000).describe('what it is about, in your own words: a ticket, an internal id; never a person'),
  requestId: z
    .string()
    .regex(/^[\w-]{1,80}$/, 'must be the requestId of a verdict')
    .optional()
    .describe('the verdict on that content'),
  class: z.enum(contentClasses).optional().describe('default: the class in the verdict of requestId'),
  receivedAt: moment.optional().describe('not in the future; default: now'),
});

export const legalRequestSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(legalRequestKinds),
    regime: z.string(),
    issuer: z.string(),
    issuerKind: z.enum(issuerKinds),
    reference: z.string(),
    about: z.string(),
    requestId: z.string().nullable(),
    class: z.enum(contentClasses).nullable(),
    priority: z.boolean().describe('goes before others: a trusted flagger sent it'),
    state: z.enum(legalRequestStates),
    receivedAt: z.string(),
    deadlineAt: z.string().nullable().describe('the earliest of its obligations; null: without undue delay, or paused'),
    remainingSeconds: z.number().nullable().describe('0: none left; null: no deadline, or closed'),
    overdue: z.boolean(),
    late: z.boolean().describe('closed after its deadline'),
    paused: z.strictObject({ at: z.string(), reason: z.enum(pauseReasons) }).nullable(),
    pausedSeconds: z.number().describe('how long its clock stood still before'),
    outcome: z.strictObject({ outcome: z.enum(outcomes), reason: z.string().nullable(), at: z.string() }).nullable(),
    obligations: z.array(obligationSchema).readonly().describe('as the regime stood at the receipt'),
  })
  .describe('A removal order or a notice that your organisation received, and its clock');

export const legalRequestPageQuerySchema = z.strictObject({
  status: z.enum(legalRequestFilters).optional().describe('open: without an outcome, the paused included'),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const legalRequestPageSchema = z.strictObject({ items: z.array(legalRequestSchema), nextCursor: z.string().nullable() });

export const legalRequestIdSchema = z.strictObject({ id: z.string() });

export const outcomeSchema = z
  .strictObject({
    outcome: z.enum(outcomes),
    reason: line(2_000).optional().describe('required for all but removed'),
    at: moment.optional().describe('not in the future, not before the receipt; default: now'),
  })
  .refine(({ outcome, reason }) => outcome === 'removed' || reason !== undefined, {
    path: ['reason'],
    message: 'must say why it was not removed',
  });

export const pauseSchema = z.strictObject({ reason: z.enum(pauseReasons) });
