/**
 * Each field of a statement of reasons once: request schema, types and rules derive from this table. Sources: see statement-names.ts.
 * The DSA Transparency Database has the last word.
 */
import { z } from 'zod';
import { computed, requestShape } from './request-fields.js';
import {
  countryCodes,
  date,
  endDate,
  group,
  language,
  one,
  oneOrMore,
  opaqueId,
  reference,
  rulesOf,
  type StatementRule,
  some,
  text,
  url,
  yesOrNo,
} from './statement-fields.js';
import {
  accountDecisions,
  accountTypes,
  automatedDecisions,
  categories,
  contentTypes,
  countries,
  grounds,
  keywords,
  monetaries,
  provisions,
  sources,
  visibilities,
} from './statement-names.js';

const other = (name: string, field: string, value: string) =>
  text(name, 500, { when: { field, value }, about: 'Required with `other`, refused without it.' });

const decision = {
  visibility: oneOrMore('decision_visibility', 'DECISION_VISIBILITY_', visibilities),
  visibilityOther: other('decision_visibility_other', 'decision_visibility', 'DECISION_VISIBILITY_OTHER'),
  visibilityEnds: endDate('end_date_visibility_restriction'),
  monetary: one('decision_monetary', 'DECISION_MONETARY_', monetaries),
  monetaryOther: other('decision_monetary_other', 'decision_monetary', 'DECISION_MONETARY_OTHER'),
  monetaryEnds: endDate('end_date_monetary_restriction'),
  provision: one('decision_provision', 'DECISION_PROVISION_', provisions),
  provisionEnds: endDate('end_date_service_restriction'),
  account: one('decision_account', 'DECISION_ACCOUNT_', accountDecisions),
  accountEnds: endDate('end_date_account_restriction'),
};

const illegal = { field: 'decision_ground', value: 'DECISION_GROUND_ILLEGAL_CONTENT' };
const incompatible = { field: 'decision_ground', value: 'DECISION_GROUND_INCOMPATIBLE_CONTENT' };

const ground = {
  kind: one('decision_ground', 'DECISION_GROUND_', grounds, { required: true }),
  url: url('decision_ground_reference_url', 500, { about: 'Where to read the law or the terms.' }),
  reference: reference('illegal_content_legal_ground', 500, {
    when: illegal,
    about: 'The article of the law, or the clause of the terms. Required.',
  }),
  explanation: text('illegal_content_explanation', 2000, { when: illegal, about: 'Required.' }),
  clause: computed(reference('incompatible_content_ground', 500, { when: incompatible }), 'reference'),
  clauseExplanation: computed(text('incompatible_content_explanation', 2000, { when: incompatible }), 'explanation'),
  alsoIllegal: yesOrNo('incompatible_content_illegal', {
    when: incompatible,
    neverRequired: true,
    about: 'With `incompatible_content`: the platform considers the content illegal as well.',
  }),
};

const source = {
  type: one('source_type', 'SOURCE_', sources, { required: true, about: "`voluntary` is the platform's own initiative." }),
  identity: text('source_identity', 500, {
    about: 'The organisation that gave notice, never a person. Refused with `voluntary`.',
  }),
};

export const statementFields = {
  decision: group(decision, {
    about: 'What the platform did.',
    default: '`content_removed`, or `content_disabled` when the verdict is a hold',
  }),
  accountType: one('account_type', 'ACCOUNT_TYPE_', accountTypes),
  ground: group(ground),
  contentType: computed(some('content_type', 'CONTENT_TYPE_', contentTypes, { required: true })),
  category: one('category', 'STATEMENT_CATEGORY_', categories, {
    required: true,
    default: "the category for the content's class; `unclassified` content has none",
  }),
  otherCategories: computed(some('category_addition', 'STATEMENT_CATEGORY_', categories), 'category'),
  keywords: some('category_specification', 'KEYWORD_', keywords, {
    about: "Vigie adds the keywords for the content's class.",
  }),
  otherKeyword: text('category_specification_other', 500, {
    when: { field: 'category_specification', value: 'KEYWORD_OTHER' },
    neverRequired: true,
    about: 'Refused without the keyword `other`.',
  }),
  territorialScope: countryCodes('territorial_scope', countries, {
    required: true,
    about: 'Countries of the European Economic Area where the decision applies.',
  }),
  contentLanguage: language('content_language', { about: 'An ISO 639-1 code in capitals, for example `FR`.' }),
  contentDate: date('content_date', '2000-01-01', { required: true, about: 'The day of the upload.' }),
  applicationDate: date('application_date', '2020-01-01', {
    required: true,
    about: 'The day from which the decision applies.',
    default: 'the day of the verdict',
  }),
  facts: text('decision_facts', 5000, { required: true, default: 'a sentence that says how the image was found' }),
  source: group(source),
  automatedDetection: yesOrNo('automated_detection', { required: true, default: 'true, because hashes were compared' }),
  automatedDecision: one('automated_decision', 'AUTOMATED_DECISION_', automatedDecisions, { required: true }),
  puid: opaqueId('puid', 500, {
    required: true,
    about: "The platform's own id for this statement: opaque, unique, of a-z, A-Z, 0-9, - and _.",
  }),
};

export const statementRequestShape = {
  ...requestShape(statementFields),
  againstWomen: z
    .boolean()
    .optional()
    .describe('True: this is cyber violence against women, which has its own category and keywords. Default: false.'),
};

export type StatementFacts = z.output<z.ZodObject<typeof statementRequestShape>>;

export const statementRules: Readonly<Record<string, StatementRule>> = Object.fromEntries(rulesOf(statementFields));

/** At least one: otherwise there is nothing to state. */
export const restrictions = ['decision_visibility', 'decision_monetary', 'decision_provision', 'decision_account'] as const;
