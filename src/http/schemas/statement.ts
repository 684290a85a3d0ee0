import { z } from 'zod';
import type { StatementRule } from '../../domain/drafts/statement-fields.js';
import { statementRequestShape, statementRules } from '../../domain/drafts/statement-rules.js';
import { momentSchema } from '../../domain/moment.js';

const suppressReasonSchema = z
  .strictObject({
    author: z.string().trim().min(1, 'must name the person who decided it').max(200).describe('Who decided it, on your side.'),
    orderReference: z.string().trim().min(1, 'must name the order').max(200).describe('The reference number of the order.'),
    expiresAt: momentSchema('must be a time such as 2026-11-23T12:00:00Z').describe('When the order ends.'),
  })
  .describe('An authority ordered you not to tell the uploader.');

export const statementRequestSchema = z.strictObject({
  ...statementRequestShape,
  suppressReason: suppressReasonSchema.optional(),
});

function fieldSchema(rule: StatementRule): z.ZodType {
  if (rule.kind === 'some') return z.array(z.enum(rule.values)).readonly();
  if ('values' in rule) return z.enum(rule.values);
  return rule.kind === 'date' ? z.iso.date() : z.string().max(rule.max);
}

const statementSchema = z
  .strictObject(Object.fromEntries(Object.entries(statementRules).map(([field, rule]) => [field, fieldSchema(rule).optional()])))
  .describe('The statement under the field names of the DSA Transparency Database; you can post it there as it is.');

export const statementDraftSchema = z
  .strictObject({
    requestId: z.string(),
    statement: statementSchema,
    mayInform: z
      .boolean()
      .describe('False while `suppressReason` is in force: tell neither the uploader nor the public database.'),
    suppressReason: z.strictObject({ author: z.string(), orderReference: z.string(), expiresAt: z.string() }).nullable(),
  })
  .describe('The draft. Nothing was sent.');
