/** Regulation (EU) 2022/2065, articles 17 and 24(5). */
import { isDigest } from '../algorithms/registry.js';
import type { ContentClass } from '../list.js';
import { isRemoval, type VerdictName } from '../verdict.js';
import type { Statement } from './attribute-rule.js';
import { type DraftedVerdict, decidingClasses, decidingMatches, isSynthetic } from './classes.js';
import { attributesOf } from './statement-fields.js';
import type { Category, Keyword } from './statement-names.js';
import { type StatementFacts, statementFields } from './statement-rules.js';

/** The statement names no list, entry, hash or distance. It leaves out what is not known; `validateStatement` names it. */
export function draftStatement(verdict: DraftedVerdict, said: StatementFacts): Statement {
  const classes = decidingClasses(verdict.verdict, verdict.matches);
  const facts = {
    ...said,
    ...categoriesOf(classes, said),
    decision: decisionOf(verdict.verdict, said.decision),
    ground: groundOf(said.ground),
    contentType: ['CONTENT_TYPE_IMAGE', ...(isSynthetic(verdict) ? ['CONTENT_TYPE_SYNTHETIC_MEDIA'] : [])],
    applicationDate: said.applicationDate ?? verdict.answeredAt.toISOString().slice(0, 10),
    facts: said.facts ?? factsOf(verdict),
    automatedDetection: said.automatedDetection ?? true,
  };
  return Object.fromEntries(attributesOf(statementFields, facts));
}

/** By default, what the verdict told the platform to do. */
function decisionOf(verdict: VerdictName, decision: StatementFacts['decision'] = {}): StatementFacts['decision'] {
  const { visibility, monetary, provision, account } = decision;
  if ([visibility, monetary, provision, account].some((one) => one !== undefined)) return decision;
  const told = isRemoval(verdict) ? 'DECISION_VISIBILITY_CONTENT_REMOVED' : 'DECISION_VISIBILITY_CONTENT_DISABLED';
  return { ...decision, visibility: [told] };
}

function groundOf(ground: StatementFacts['ground'] = {}) {
  const { kind, url, reference, explanation, alsoIllegal } = ground;
  if (kind !== 'DECISION_GROUND_INCOMPATIBLE_CONTENT') return { kind, url, reference, explanation };
  return { kind, url, clause: reference, clauseExplanation: explanation, alsoIllegal };
}

const byClass: Partial<Record<ContentClass, readonly [Category, ...Keyword[]]>> = {
  csam_baseline: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_illegal: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_a1: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_a2: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_b1: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  csam_b2: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  // Legal in some countries, or the age is unclear.
  cse_borderline: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS'],
  csam_synthetic: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE'],
  // Keywords for shared intimate images exclude minors.
  ncii_minor: ['STATEMENT_CATEGORY_PROTECTION_OF_MINORS', 'KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'],
  ncii_adult: ['STATEMENT_CATEGORY_CYBER_VIOLENCE', 'KEYWORD_NON_CONSENSUAL_IMAGE_SHARING'],
  ncii_synthetic: ['STATEMENT_CATEGORY_CYBER_VIOLENCE', 'KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE'],
  tvec: ['STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY', 'KEYWORD_TERRORIST_CONTENT'],
};

function categoriesOf(classes: readonly ContentClass[], { category, keywords = [], againstWomen = false }: StatementFacts) {
  const known = classes.flatMap((one) => byClass[one] ?? []).map((name) => (againstWomen ? ofWomen(name) : name));
  const found = [...new Set(known.filter((name) => name.startsWith('STATEMENT_')))];
  const [main, ...others] = category === undefined ? found : [category];
  const words = [...new Set([...known.filter((name) => name.startsWith('KEYWORD_')), ...keywords])];
  return {
    category: main,
    otherCategories: others.length > 0 ? others : undefined,
    keywords: words.length > 0 ? words : undefined,
  };
}

function ofWomen(name: string): string {
  const hasOwn = name === 'STATEMENT_CATEGORY_CYBER_VIOLENCE' || name.startsWith('KEYWORD_NON_CONSENSUAL_');
  return hasOwn ? `${name}_AGAINST_WOMEN` : name;
}

/** Without details that would help to evade detection. */
function factsOf({ verdict, matches }: DraftedVerdict): string {
  const isSameFile = decidingMatches(verdict, matches).some(({ algorithm }) => isDigest(algorithm));
  const kinship = isSameFile ? 'is the same file as' : 'looks the same as';
  const outcome = isRemoval(verdict) ? '' : ' Access to it is disabled until a person has reviewed it.';
  return `Automated comparison of hashes found that the image ${kinship} one that was listed before as content of this kind.${outcome}`;
}
