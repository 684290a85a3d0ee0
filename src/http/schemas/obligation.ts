import { z } from 'zod';
import { contentClasses } from '../../domain/list.js';
import { clockStarts, dutyNames, pauseReasons, recipients } from '../../domain/regimes/regime.js';

export const recipientSchema = z.enum(recipients);

export const obligationSchema = z
  .strictObject({
    regime: z.string(),
    duty: z.enum(dutyNames),
    demand: z.string().nullable().describe('the order or notice whose clock it is; null: that of a match'),
    startsFrom: z.enum(clockStarts).describe('what started the clock'),
    startedAt: z.string(),
    deadlineAt: z.string().nullable().describe('null: without undue delay'),
    until: z.string().nullable().describe('until when it goes on; null: done once, or without an end in the law'),
    recipients: z.array(recipientSchema).readonly(),
    basis: z.string().describe('article or section'),
    when: z.string().nullable().describe('where it does not always hold'),
    uncertain: z.boolean().describe('GET /v1/regimes says what is not sure'),
  })
  .describe('One duty of a regime that the organisation switched on; configuration, never advice');

const dutySchema = z.strictObject({
  duty: z.enum(dutyNames),
  startsFrom: z.enum(clockStarts),
  within: z.string().nullable().describe('ISO 8601 duration; null: without undue delay'),
  lasts: z.string().nullable().describe('ISO 8601 duration'),
  recipients: z.array(recipientSchema).readonly(),
  basis: z.string(),
  classes: z.array(z.enum(contentClasses)).readonly().optional().describe("only these of the regime's classes"),
  when: z.string().nullable(),
});

const regimeSchema = z.strictObject({
  id: z.string(),
  title: z.string(),
  source: z.string(),
  classes: z.array(z.enum(contentClasses)).readonly(),
  actions: z.array(z.enum(['remove', 'remove_and_report'])).readonly(),
  duties: z.array(dutySchema).readonly(),
  pauses: z.array(z.enum(pauseReasons)).readonly().describe('why its clock may be stopped'),
  priority: z.boolean().describe('notices under it go before others'),
  uncertain: z.string().nullable().describe('what is not sure about this row'),
});

export const regimesSchema = z.strictObject({ items: z.array(regimeSchema).readonly() });
