import { z } from 'zod';
import { issuerKinds, legalRequestFilters, legalRequestKinds, legalRequestStates, outcomes } from '../../domain/legal-request.js';
import { contentClasses } from '../../domain/list.js';
import { momentSchema } from '../../domain/moment.js';
import { pauseReasons } from '../../domain/regimes/regime.js';
import { obligationSchema } from './obligation.js';
import { cursorSchema, limitSchema, pageOf } from './page.js';

/** PostgreSQL cannot store NUL. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters');

const moment = momentSchema('must be a time such as 2026-11-23T12:00:00Z').transform((at) => at.getTime());

export const newLegalRequestSchema = z.strictObject({
  regime: z.string().describe('The id of a regime that your organisation switched on. See GET /v1/regimes.'),
  issuer: line(200).describe('Who sent it. For a private person use an alias, never a name.'),
  issuerKind: z
    .enum(issuerKinds)
    .optional()
    .describe('Default: `authority` for an order; for a notice `trusted_flagger` or `person`, depending on the regime.'),
  reference: line(200).describe("The issuer's reference number. Vigie refuses a second request with the same number and issuer."),
  about: line(2_000).describe('What it is about, in your own words: a ticket or an internal id, never a person.'),
  requestId: z
    .string()
    .regex(/^[\w-]{1,80}$/, 'must be the requestId of a verdict')
    .optional()
    .describe('The `requestId` of your verdict on the same content.'),
  class: z.enum(contentClasses).optional().describe('Default: the class in the verdict of `requestId`.'),
  receivedAt: moment.optional().describe('Not in the future. Default: now.'),
});

const closingSchema = z.strictObject({
  outcome: z.enum(outcomes),
  reason: z.string().nullable(),
  at: z.string(),
});

export const legalRequestSchema = z
  .strictObject({
    id: z.string(),
    kind: z.enum(legalRequestKinds),
    regime: z.string(),
    issuer: z.string(),
    issuerKind: z.enum(issuerKinds),
    reference: z.string().describe("The issuer's reference number."),
    about: z.string(),
    requestId: z.string().nullable(),
    class: z.enum(contentClasses).nullable().describe('Null: not known, so all duties of the regime apply.'),
    priority: z.boolean().describe('True: a trusted flagger sent it, so it takes priority over others.'),
    state: z.enum(legalRequestStates),
    receivedAt: z.string(),
    deadlineAt: z
      .string()
      .nullable()
      .describe('The earliest deadline of its obligations. Null: without undue delay, or the clock is paused.'),
    remainingSeconds: z
      .number()
      .nullable()
      .describe('Time left until the deadline, 0 when it has passed. Null: no deadline, or closed.'),
    overdue: z.boolean().describe('The deadline has passed, and it is still open.'),
    late: z.boolean().describe('It was closed after its deadline.'),
    paused: z
      .strictObject({ at: z.string(), reason: z.enum(pauseReasons) })
      .nullable()
      .describe('The current pause. Null: the clock is not paused.'),
    pausedSeconds: z.number().describe('The total length of earlier pauses.'),
    outcome: closingSchema.nullable().describe('How it ended. Null: it is open.'),
    obligations: z
      .array(obligationSchema)
      .readonly()
      .describe('The duties of the regime as it was at receipt, with deadlines moved by pauses.'),
  })
  .describe('An order or a notice that your organisation received, and its clock.');

export const legalRequestPageQuerySchema = z.strictObject({
  status: z.enum(legalRequestFilters).optional().describe('`open`: without an outcome, paused or not.'),
  cursor: cursorSchema,
  limit: limitSchema(200, 50),
});
export const legalRequestPageSchema = pageOf(legalRequestSchema);

export const legalRequestIdSchema = z.strictObject({ id: z.string().describe('The id of the order or notice.') });

export const outcomeSchema = z
  .strictObject({
    outcome: z.enum(outcomes),
    reason: line(2_000).optional().describe('Required, except with `removed`.'),
    at: moment.optional().describe('Not in the future, and not before `receivedAt`. Default: now.'),
  })
  .refine(({ outcome, reason }) => outcome === 'removed' || reason !== undefined, {
    path: ['reason'],
    message: 'must say why it was not removed',
  });

export const pauseSchema = z.strictObject({
  reason: z.enum(pauseReasons).describe('One of the reasons that the regime allows.'),
});
