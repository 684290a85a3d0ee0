import { type DateRule, type Document, holds, latestDate, type Statement, type TextRule } from './attribute-rule.js';
import { namesList, privateIn } from './private-text.js';
import { type DraftProblem, isMissing, tooLong } from './problem.js';
import type { StatementRule } from './statement-fields.js';
import { adultKeywords } from './statement-names.js';
import { restrictions, statementRules } from './statement-rules.js';

const rules: ReadonlyMap<string, StatementRule> = new Map(Object.entries(statementRules));

/** By our table (statement-rules.ts). No text may name one of `lists`. */
export function validateStatement(statement: Statement | Document, lists: readonly string[] = []): DraftProblem[] {
  const document: Document = statement;
  const problems: DraftProblem[] = [];
  for (const field of Object.keys(document))
    if (!rules.has(field)) problems.push({ field, rule: 'is not an attribute of a statement' });
  for (const [field, rule] of rules) {
    const wrong = checkField(field, rule, document) ?? checkNames(document[field], lists);
    if (wrong !== undefined) problems.push({ field, asked: rule.asked, rule: wrong });
  }
  return [...problems, ...checkTogether(document)];
}

function checkField(field: string, rule: StatementRule, document: Document): string | undefined {
  const value = document[field];
  const isApplicable = rule.when === undefined || holds(rule.when, document);
  if (value === undefined || value === '' || (Array.isArray(value) && value.length === 0)) {
    const isRequired = rule.required || (rule.when !== undefined && isApplicable && !rule.neverRequired);
    return isRequired ? isMissing : undefined;
  }
  if (!isApplicable) return `is allowed only where ${rule.when?.field} is ${rule.when?.value}`;
  if (rule.kind === 'some') return checkSome(value, rule.values);
  if (typeof value !== 'string') return 'must be text';
  if ('values' in rule) return rule.values.includes(value) ? undefined : 'is not one of the published values';
  if (rule.kind === 'date') return checkDate(value, rule, document);
  return checkText(value, rule);
}

function checkNames(value: unknown, lists: readonly string[]): string | undefined {
  return typeof value === 'string' && namesList(value, lists) ? 'names a hash list, but a statement is public' : undefined;
}

function checkSome(value: unknown, values: readonly string[]): string | undefined {
  if (!Array.isArray(value)) return 'must be an array';
  if (!value.every((one) => typeof one === 'string' && values.includes(one))) return 'contains a value that is not published';
  return new Set(value).size === value.length ? undefined : 'contains a value twice';
}

function checkDate(value: string, { from, after }: DateRule, document: Document): string | undefined {
  // A date that does not exist (2026-02-30) becomes another one, or NaN.
  const date = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== value) return 'must be a date, YYYY-MM-DD';
  if (value < from || value > latestDate) return `must be from ${from} to ${latestDate}`;
  const earliest = after === undefined ? undefined : document[after];
  return typeof earliest === 'string' && value < earliest ? `must not be before ${after}` : undefined;
}

function checkText(value: string, { kind, max, pattern }: TextRule): string | undefined {
  const long = tooLong(value, max);
  if (long !== undefined) return long;
  if (pattern && !pattern[0].test(value)) return pattern[1];
  if (kind === 'url') return checkUrl(value);
  const secret = privateIn(value, pattern ? 'id' : kind);
  return secret === undefined ? undefined : `${secret}, but a statement is public`;
}

function checkUrl(value: string): string | undefined {
  if (!/^https?:\/\/[^\s@]+$/.test(value)) return 'must be an http or https URL without a user name';
  const secret = privateIn(value.replace('://', ' '), 'reference');
  return secret === undefined ? undefined : `${secret}, but a statement is public`;
}

function checkTogether(document: Document): DraftProblem[] {
  const problems: DraftProblem[] = [];
  if (restrictions.every((field) => document[field] === undefined)) {
    problems.push({ field: 'decision_visibility', asked: 'decision', rule: `one of ${restrictions.join(', ')} must be given` });
  }
  const isOfMinors = document.category === 'STATEMENT_CATEGORY_PROTECTION_OF_MINORS';
  const specification = document.category_specification;
  if (isOfMinors && Array.isArray(specification) && adultKeywords.some((keyword) => specification.includes(keyword))) {
    const rule = 'contains a keyword that excludes content depicting minors';
    problems.push({ field: 'category_specification', asked: 'keywords', rule });
  }
  // Our own rule: the database would drop it without a message.
  if (document.source_type === 'SOURCE_VOLUNTARY' && document.source_identity !== undefined) {
    const rule = 'is not allowed where source_type is SOURCE_VOLUNTARY';
    problems.push({ field: 'source_identity', asked: 'source.identity', rule });
  }
  return problems;
}
