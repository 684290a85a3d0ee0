/**
 * Our own table of the rules a statement of reasons must keep: what the documentation of the DSA Transparency Database says of each attribute
 * (required, conditional, length, dates) and what the published source of its service checks. Not the
 * authority's validator: it may lag behind, and the database's own answer decides. Rules that are only ours say so.
 */
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
  yesOrNo,
} from './statement-names.js';

/** Holds when `field` is `value`, or an array that has it. */
export interface Condition {
  readonly field: string;
  readonly value: string;
}

interface AnyRule {
  /** The field of our request that says it. */
  readonly asked: string;
  readonly required?: true;
  /** Required where this holds, and not taken where it does not. */
  readonly when?: Condition;
  /** Not required even where the condition of `when` holds. */
  readonly optional?: true;
}

export interface ValueRule extends AnyRule {
  readonly kind: 'one' | 'some';
  readonly values: readonly string[];
}

export interface TextRule extends AnyRule {
  readonly kind: 'text' | 'reference' | 'url';
  /** Characters. */
  readonly max: number;
  /** With what to say when it is not met. */
  readonly pattern?: readonly [RegExp, string];
}

/** `YYYY-MM-DD` from `from` to `latestDate`, and not before the field `after`. */
export interface DateRule extends AnyRule {
  readonly kind: 'date';
  readonly from: string;
  readonly after?: string;
}

export type StatementRule = ValueRule | TextRule | DateRule;

export const latestDate = '2038-01-01';

const illegal: Condition = { field: 'decision_ground', value: 'DECISION_GROUND_ILLEGAL_CONTENT' };
const incompatible: Condition = { field: 'decision_ground', value: 'DECISION_GROUND_INCOMPATIBLE_CONTENT' };
const endDate = (asked: string) => ({ asked, kind: 'date', from: '2020-01-01', after: 'application_date' }) as const;
const other = (field: string, value: string, asked: string) =>
  ({ asked, kind: 'text', max: 500, when: { field, value } }) as const;

export const statementRules = {
  decision_visibility: { asked: 'decision.visibility', kind: 'some', values: visibilities },
  decision_visibility_other: other('decision_visibility', 'DECISION_VISIBILITY_OTHER', 'decision.visibilityOther'),
  end_date_visibility_restriction: endDate('decision.visibilityEnds'),
  decision_monetary: { asked: 'decision.monetary', kind: 'one', values: monetaries },
  decision_monetary_other: other('decision_monetary', 'DECISION_MONETARY_OTHER', 'decision.monetaryOther'),
  end_date_monetary_restriction: endDate('decision.monetaryEnds'),
  decision_provision: { asked: 'decision.provision', kind: 'one', values: provisions },
  end_date_service_restriction: endDate('decision.provisionEnds'),
  decision_account: { asked: 'decision.account', kind: 'one', values: accountDecisions },
  end_date_account_restriction: endDate('decision.accountEnds'),
  account_type: { asked: 'accountType', kind: 'one', values: accountTypes },
  decision_ground: { asked: 'ground.kind', required: true, kind: 'one', values: grounds },
  decision_ground_reference_url: { asked: 'ground.url', kind: 'url', max: 500 },
  illegal_content_legal_ground: { asked: 'ground.reference', kind: 'reference', max: 500, when: illegal },
  illegal_content_explanation: { asked: 'ground.explanation', kind: 'text', max: 2000, when: illegal },
  incompatible_content_ground: { asked: 'ground.reference', kind: 'reference', max: 500, when: incompatible },
  incompatible_content_explanation: { asked: 'ground.explanation', kind: 'text', max: 2000, when: incompatible },
  incompatible_content_illegal: { asked: 'ground.alsoIllegal', kind: 'one', values: yesOrNo, when: incompatible, optional: true },
  content_type: { asked: 'content_type', required: true, kind: 'some', values: contentTypes },
  category: { asked: 'category', required: true, kind: 'one', values: categories },
  category_addition: { asked: 'category', kind: 'some', values: categories },
  category_specification: { asked: 'keywords', kind: 'some', values: keywords },
  category_specification_other: {
    ...other('category_specification', 'KEYWORD_OTHER', 'otherKeyword'),
    optional: true,
  },
  territorial_scope: { asked: 'territorialScope', required: true, kind: 'some', values: countries },
  content_language: {
    asked: 'contentLanguage',
    kind: 'text',
    max: 2,
    pattern: [/^[A-Z]{2}$/, 'must be two capitals of ISO 639-1'],
  },
  content_date: { asked: 'contentDate', required: true, kind: 'date', from: '2000-01-01' },
  application_date: { asked: 'applicationDate', required: true, kind: 'date', from: '2020-01-01' },
  decision_facts: { asked: 'facts', required: true, kind: 'text', max: 5000 },
  source_type: { asked: 'source.type', required: true, kind: 'one', values: sources },
  source_identity: { asked: 'source.identity', kind: 'text', max: 500 },
  automated_detection: { asked: 'automatedDetection', required: true, kind: 'one', values: yesOrNo },
  automated_decision: { asked: 'automatedDecision', required: true, kind: 'one', values: automatedDecisions },
  puid: {
    asked: 'puid',
    required: true,
    kind: 'text',
    max: 500,
    pattern: [/^[a-zA-Z0-9_-]+$/, 'must be of a-z, A-Z, 0-9, - and _ only'],
  },
} as const satisfies Record<string, StatementRule>;

export type StatementField = keyof typeof statementRules;

/** At least one of these: without a restriction there is nothing to state reasons for. */
export const restrictions = ['decision_visibility', 'decision_monetary', 'decision_provision', 'decision_account'] as const;

/** A statement as it would be sent: the database's own field names. */
export type Statement = { readonly [Field in StatementField]?: string | readonly string[] };
