import { z } from 'zod';
import {
  accountDecisions,
  accountTypes,
  automatedDecisions,
  categories,
  grounds,
  keywords,
  monetaries,
  provisions,
  sources,
  visibilities,
} from '../../domain/drafts/statement-names.js';
import { type StatementRule, statementRules } from '../../domain/drafts/statement-rules.js';

/** Longer than any text that is taken, so that the table of rules names the limit of each. */
const text = z.string().max(20_000, 'must have at most 20000 characters');
const date = z.iso.date('must be a date such as 2026-11-23');

/** The published names in our own spelling: `content_removed` for DECISION_VISIBILITY_CONTENT_REMOVED. */
function published(prefix: string, values: readonly string[]) {
  const names = values.map((value) => value.slice(prefix.length).toLowerCase());
  return z.enum(names, `must be one of ${names.join(', ')}`).transform((name) => `${prefix}${name.toUpperCase()}`);
}

const decisionSchema = z
  .strictObject({
    visibility: z.array(published('DECISION_VISIBILITY_', visibilities)).min(1).optional(),
    visibilityOther: text.optional().describe('required with visibility other'),
    visibilityEnds: date.optional(),
    monetary: published('DECISION_MONETARY_', monetaries).optional(),
    monetaryOther: text.optional().describe('required with monetary other'),
    monetaryEnds: date.optional(),
    provision: published('DECISION_PROVISION_', provisions).optional(),
    provisionEnds: date.optional(),
    account: published('DECISION_ACCOUNT_', accountDecisions).optional(),
    accountEnds: date.optional(),
  })
  .describe('What the platform did; by default what the verdict told it to: content_removed, or content_disabled for a hold');

const groundSchema = z.strictObject({
  kind: published('DECISION_GROUND_', grounds).optional(),
  reference: text.optional().describe('article of law, or clause of the terms; at most 500 characters'),
  explanation: text.optional().describe('at most 2000 characters'),
  url: text.optional().describe('where the law or the terms can be read'),
  alsoIllegal: z.boolean().optional().describe('with incompatible_content: it is held to be illegal as well'),
});

const sourceSchema = z.strictObject({
  type: published('SOURCE_', sources).optional().describe("voluntary: the platform's own initiative"),
  identity: text.optional().describe('which organisation gave notice; never a person'),
});

const suppressReasonSchema = z
  .strictObject({
    author: z.string().trim().min(1, 'must name who decided it').max(200),
    orderReference: z.string().trim().min(1, 'must name the order').max(200),
    expiresAt: z.iso
      .datetime({ offset: true, error: 'must be a time such as 2026-11-23T12:00:00Z' })
      .transform((at) => new Date(at)),
  })
  .describe('Do not tell the uploader: who decided it, under which order, until when');

/** What the platform says. What is missing is named by the rules (422), so nearly all is optional here. */
export const statementRequestSchema = z.strictObject({
  territorialScope: z.array(z.string().regex(/^[A-Z]{2}$/, 'must be two capitals of ISO 3166-1')).optional(),
  accountType: published('ACCOUNT_TYPE_', accountTypes).optional(),
  contentDate: date.optional().describe('when the content was uploaded'),
  applicationDate: date.optional().describe('when the decision began to apply; by default the day of the verdict'),
  contentLanguage: z
    .string()
    .regex(/^[A-Z]{2}$/, 'must be two capitals of ISO 639-1')
    .optional(),
  decision: decisionSchema.optional(),
  ground: groundSchema.optional(),
  facts: text.optional().describe('by default a sentence that says how the image was found'),
  source: sourceSchema.optional(),
  automatedDetection: z.boolean().optional().describe('default true: hashes were compared'),
  automatedDecision: published('AUTOMATED_DECISION_', automatedDecisions).optional(),
  category: published('STATEMENT_CATEGORY_', categories).optional().describe('by default as the class of the content says'),
  keywords: z.array(published('KEYWORD_', keywords)).optional().describe('beside those of the class of the content'),
  otherKeyword: text.optional().describe('with the keyword other'),
  againstWomen: z.boolean().optional().describe('cyber violence against women has names of its own'),
  puid: text.optional().describe("the platform's own, opaque and unique: a-z, A-Z, 0-9, - and _"),
  suppressReason: suppressReasonSchema.optional(),
});

function fieldSchema(rule: StatementRule): z.ZodType {
  if (rule.kind === 'some') return z.array(z.enum(rule.values)).readonly();
  if ('values' in rule) return z.enum(rule.values);
  return rule.kind === 'date' ? z.iso.date() : z.string().max(rule.max);
}

const statementSchema = z
  .strictObject(
    Object.fromEntries(
      Object.entries<StatementRule>(statementRules).map(([field, rule]) => [field, fieldSchema(rule).optional()]),
    ),
  )
  .describe('As the DSA Transparency Database takes it');

export const statementDraftSchema = z
  .strictObject({
    requestId: z.string(),
    statement: statementSchema,
    mayInform: z.boolean().describe('false while suppressReason is in force: tell neither the uploader nor the public database'),
    suppressReason: z.strictObject({ author: z.string(), orderReference: z.string(), expiresAt: z.string() }).nullable(),
  })
  .describe('A draft: nothing was sent');
