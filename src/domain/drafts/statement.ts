/** The draft of a DSA statement of reasons (Regulation 2022/2065, articles 17 and 24(5)): a verdict, and what the platform says of it. */
import type { ContentClass } from '../list.js';
import { isRemoval, type Match, type VerdictName } from '../verdict.js';
import { decidingClasses, decidingMatches, isSynthetic } from './classes.js';
import type { Category, Keyword } from './statement-names.js';
import type { Statement } from './statement-rules.js';

/** What only the platform knows; the names of the database, except that yes and no are booleans. */
export interface StatementFacts {
  readonly territorialScope?: readonly string[] | undefined;
  readonly accountType?: string | undefined;
  readonly contentDate?: string | undefined;
  readonly applicationDate?: string | undefined;
  readonly contentLanguage?: string | undefined;
  readonly decision?: Restrictions | undefined;
  readonly ground?: Ground | undefined;
  readonly facts?: string | undefined;
  readonly source?: { readonly type?: string | undefined; readonly identity?: string | undefined } | undefined;
  readonly automatedDetection?: boolean | undefined;
  readonly automatedDecision?: string | undefined;
  readonly category?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
  readonly otherKeyword?: string | undefined;
  /** Cyber violence against women has a category and keywords of its own; nothing but the platform can know. */
  readonly againstWomen?: boolean | undefined;
  readonly puid?: string | undefined;
}

export interface Restrictions {
  readonly visibility?: readonly string[] | undefined;
  readonly visibilityOther?: string | undefined;
  readonly visibilityEnds?: string | undefined;
  readonly monetary?: string | undefined;
  readonly monetaryOther?: string | undefined;
  readonly monetaryEnds?: string | undefined;
  readonly provision?: string | undefined;
  readonly provisionEnds?: string | undefined;
  readonly account?: string | undefined;
  readonly accountEnds?: string | undefined;
}

export interface Ground {
  readonly kind?: string | undefined;
  /** The article of law, or the clause of the terms. */
  readonly reference?: string | undefined;
  readonly explanation?: string | undefined;
  readonly url?: string | undefined;
  /** Of content against the terms: it is held to be illegal as well. */
  readonly alsoIllegal?: boolean | undefined;
}

export interface DraftedVerdict {
  readonly verdict: VerdictName;
  readonly matches: readonly Match[];
  readonly answeredAt: Date;
}

/**
 * Drafts a statement of reasons. Of the matches only classes and kinds of comparison go in: no list, entry, hash or distance. What is not
 * known is left out, and `validateStatement` then names it.
 */
export function draftStatement(verdict: DraftedVerdict, said: StatementFacts): Statement {
  const classes = decidingClasses(verdict.verdict, verdict.matches);
  return withoutGaps({
    ...decisionOf(verdict.verdict, said.decision),
    account_type: said.accountType,
    ...groundOf(said.ground ?? {}),
    content_type: ['CONTENT_TYPE_IMAGE', ...(classes.some(isSynthetic) ? ['CONTENT_TYPE_SYNTHETIC_MEDIA'] : [])],
    ...categoryOf(classes, said),
    category_specification_other: said.otherKeyword,
    territorial_scope: said.territorialScope,
    content_language: said.contentLanguage,
    content_date: said.contentDate,
    application_date: said.applicationDate ?? verdict.answeredAt.toISOString().slice(0, 10),
    decision_facts: said.facts ?? factsOf(verdict),
    source_type: said.source?.type,
    source_identity: said.source?.identity,
    // By default: a match of hashes is nothing a person found.
    automated_detection: yesNo(said.automatedDetection ?? true),
    automated_decision: said.automatedDecision,
    puid: said.puid,
  });
}

function decisionOf(verdict: VerdictName, decision: Restrictions = {}): Statement {
  const { visibility, monetary, provision, account } = decision;
  const isSaid = [visibility, monetary, provision, account].some((one) => one !== undefined);
  // What the verdict told the platform to do, unless it says what it did.
  const told = isRemoval(verdict) ? 'DECISION_VISIBILITY_CONTENT_REMOVED' : 'DECISION_VISIBILITY_CONTENT_DISABLED';
  return withoutGaps({
    decision_visibility: isSaid ? visibility : [told],
    decision_visibility_other: decision.visibilityOther,
    end_date_visibility_restriction: decision.visibilityEnds,
    decision_monetary: monetary,
    decision_monetary_other: decision.monetaryOther,
    end_date_monetary_restriction: decision.monetaryEnds,
    decision_provision: provision,
    end_date_service_restriction: decision.provisionEnds,
    decision_account: account,
    end_date_account_restriction: decision.accountEnds,
  });
}

function groundOf({ kind, reference, explanation, url, alsoIllegal }: Ground): Statement {
  const common = { decision_ground: kind, decision_ground_reference_url: url };
  if (kind === 'DECISION_GROUND_INCOMPATIBLE_CONTENT') {
    const illegal = alsoIllegal === undefined ? undefined : yesNo(alsoIllegal);
    return withoutGaps({
      ...common,
      incompatible_content_ground: reference,
      incompatible_content_explanation: explanation,
      incompatible_content_illegal: illegal,
    });
  }
  return withoutGaps({ ...common, illegal_content_legal_ground: reference, illegal_content_explanation: explanation });
}

const byClass: Partial<Record<ContentClass, readonly [Category, ...Keyword[]]>> = {
  csam_baseline: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_illegal: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_a1: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_a2: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_b1: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_b2: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  // Legal somewhere and of uncertain age: the word for abuse material is not ours to say.
  cse_borderline: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS'],
  csam_synthetic: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE'],
  // The keywords for shared intimate images exclude minors.
  ncii_minor: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  ncii_adult: ['STATEMENT_CATEGORY_CYBER_VIOLENCE', 'KEYWORD_NON_CONSENSUAL_IMAGE_SHARING'],
  ncii_synthetic: ['STATEMENT_CATEGORY_CYBER_VIOLENCE', 'KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE'],
  tvec: ['STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY', 'KEYWORD_TERRORIST_CONTENT'],
};

function categoryOf(
  classes: readonly ContentClass[],
  { category, keywords = [], againstWomen = false }: StatementFacts,
): Statement {
  const known = classes.flatMap((one) => byClass[one] ?? []).map((name) => (againstWomen ? ofWomen(name) : name));
  const found = [...new Set(known.filter((name) => name.startsWith('STATEMENT_')))];
  const [main, ...others] = category === undefined ? found : [category];
  const words = [...new Set([...known.filter((name) => name.startsWith('KEYWORD_')), ...keywords])];
  return withoutGaps({
    category: main,
    category_addition: others.length > 0 ? others : undefined,
    category_specification: words.length > 0 ? words : undefined,
  });
}

function ofWomen(name: string): string {
  const hasOwn = name === 'STATEMENT_CATEGORY_CYBER_VIOLENCE' || name.startsWith('KEYWORD_NON_CONSENSUAL_');
  return hasOwn ? `${name}_AGAINST_WOMEN` : name;
}

/** What can be told of how it was found without helping anybody past it. */
function factsOf({ verdict, matches }: DraftedVerdict): string {
  const isExact = decidingMatches(verdict, matches).some(({ matchType }) => matchType === 'exact');
  const kinship = isExact ? 'is the same file as' : 'looks the same as';
  const outcome = isRemoval(verdict) ? '' : ' Access to it is disabled until a person has reviewed it.';
  return `Automated comparison of hashes found that the image ${kinship} one that was listed before as content of this kind.${outcome}`;
}

const yesNo = (is: boolean) => (is ? 'Yes' : 'No');

type Gaps = { readonly [Field in keyof Statement]: Statement[Field] | undefined };

function withoutGaps(fields: Gaps): Statement {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
