import { z } from 'zod';
import { contentClasses } from '../../domain/list.js';
import { clockStarts, dutyNames, pauseReasons, recipients } from '../../domain/regimes/regime.js';

export const recipientSchema = z.enum(recipients);

const clockStartSchema = z
  .enum(clockStarts)
  .describe('What starts the clock: Vigie found a match, the platform received a notice, or it received an order.');
const basisSchema = z.string().describe('The article or section that imposes the duty.');
const whenSchema = z
  .string()
  .nullable()
  .describe('In words, when the duty applies. A person decides whether it does. Null: it always applies.');

export const obligationSchema = z
  .strictObject({
    regime: z.string().describe('The id of the regime.'),
    duty: z.enum(dutyNames),
    demand: z.string().nullable().describe('The id of the order or notice that started the clock. Null: a match started it.'),
    startsFrom: clockStartSchema,
    startedAt: z.string(),
    deadlineAt: z.string().nullable().describe('Null: without undue delay.'),
    until: z
      .string()
      .nullable()
      .describe('When a lasting duty ends, such as preservation. Null: it is done once, or the law names no end.'),
    recipients: z.array(recipientSchema).readonly().describe('Who must receive the report or the answer.'),
    basis: basisSchema,
    when: whenSchema,
    unverified: z
      .boolean()
      .describe("True: nobody has checked the regime's row against its source yet. GET /v1/regimes names what to check."),
  })
  .describe('One duty of a regime that your organisation switched on. Configuration, not legal advice.');

const dutySchema = z.strictObject({
  duty: z.enum(dutyNames),
  startsFrom: clockStartSchema,
  within: z.string().nullable().describe('ISO 8601 duration, for example `PT24H`. Null: without undue delay.'),
  lasts: z.string().nullable().describe('How long a lasting duty goes on, as an ISO 8601 duration. Null: done once, or no end.'),
  recipients: z.array(recipientSchema).readonly(),
  basis: basisSchema,
  classes: z
    .array(z.enum(contentClasses))
    .readonly()
    .optional()
    .describe("The duty applies to these of the regime's classes only. Absent: to all of them."),
  when: whenSchema,
});

const regimeSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  source: z.string().describe('The law or code that the regime comes from.'),
  classes: z.array(z.enum(contentClasses)).readonly().describe('The content classes that the regime covers.'),
  actions: z
    .array(z.enum(['remove', 'remove_and_report']))
    .readonly()
    .describe('The actions that the regime applies to.'),
  duties: z.array(dutySchema).readonly(),
  pauses: z.array(z.enum(pauseReasons)).readonly().describe('Reasons for which the clock may be paused. Empty: never.'),
  priority: z.boolean().describe('Notices under this regime take priority over others.'),
  unverified: z
    .string()
    .nullable()
    .describe('What to check in which source, because nobody has done so yet. Null: the row was checked.'),
});

export const regimesSchema = z.strictObject({ items: z.array(regimeSchema).readonly() });
