import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftStatement } from '../../../src/domain/drafts/statement.js';
import { validateStatement } from '../../../src/domain/drafts/statement-check.js';
import { statementRules } from '../../../src/domain/drafts/statement-rules.js';
import { saidOfStatement, verdictOn } from './verdicts.js';

type Document = Record<string, unknown>;
const complete = (): Document => ({ ...draftStatement(verdictOn(['ncii_adult']), saidOfStatement) });
const fields = Object.entries(statementRules);
const required = fields.filter(([, rule]) => rule.required).map(([field]) => field);
const limited = fields.flatMap(([field, rule]) =>
  rule.kind === 'text' || rule.kind === 'reference' ? [[field, rule.max] as const] : [],
);
const listed = fields.flatMap(([field, rule]) => ('values' in rule ? [[field, rule.kind] as const] : []));

/** The attribute that makes a field required. */
function asked(field: string): Document {
  const condition = fields.find(([name]) => name === field)?.[1].when;
  if (!condition) return {};
  const isArray = condition.field === 'decision_visibility' || condition.field === 'category_specification';
  return { [condition.field]: isArray ? [condition.value] : condition.value };
}

const incompatible: Document = {
  decision_ground: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
  illegal_content_legal_ground: undefined,
  illegal_content_explanation: undefined,
  incompatible_content_ground: 'Clause 4',
  incompatible_content_explanation: 'Nudity.',
};

/** Each breaks exactly one rule. */
const broken: readonly [what: string, changes: Document, field: string][] = [
  ...required.map((field) => [`${field} is left out`, { [field]: undefined }, field] as [string, Document, string]),
  ...listed.map(([field, kind]): [string, Document, string] => {
    const base = field.startsWith('incompatible') ? incompatible : {};
    return [`${field} is not published`, { ...base, [field]: kind === 'some' ? ['NOTHING'] : 'NOTHING' }, field];
  }),
  ['no restriction is given', { decision_visibility: undefined }, 'decision_visibility'],
  [
    'the territorial scope is empty',
    { decision_account: 'DECISION_ACCOUNT_SUSPENDED', territorial_scope: [] },
    'territorial_scope',
  ],
  ['another restriction is not described', { decision_visibility: ['DECISION_VISIBILITY_OTHER'] }, 'decision_visibility_other'],
  ['a restriction is described without the value other', { decision_visibility_other: 'Hidden.' }, 'decision_visibility_other'],
  ['another payment measure is not described', { decision_monetary: 'DECISION_MONETARY_OTHER' }, 'decision_monetary_other'],
  ['a law is not named', { illegal_content_legal_ground: undefined }, 'illegal_content_legal_ground'],
  ['a law is not explained', { illegal_content_explanation: '' }, 'illegal_content_explanation'],
  ['a clause is not named', { ...incompatible, incompatible_content_ground: undefined }, 'incompatible_content_ground'],
  [
    'a clause is not explained',
    { ...incompatible, incompatible_content_explanation: undefined },
    'incompatible_content_explanation',
  ],
  ['a clause is named for illegal content', { incompatible_content_ground: 'Clause 4' }, 'incompatible_content_ground'],
  ['illegal content is marked as also illegal', { incompatible_content_illegal: 'Yes' }, 'incompatible_content_illegal'],
  ['the country is not in the EEA', { territorial_scope: ['FR', 'US'] }, 'territorial_scope'],
  ['a country is named twice', { territorial_scope: ['FR', 'FR'] }, 'territorial_scope'],
  ['the scope is not an array', { territorial_scope: 'FR' }, 'territorial_scope'],
  ['a day does not exist', { content_date: '2026-02-30' }, 'content_date'],
  ['a date has a time', { content_date: '2026-02-03T00:00:00Z' }, 'content_date'],
  ['the content is too old', { content_date: '1999-12-31' }, 'content_date'],
  ['the content is too new', { content_date: '2038-01-02' }, 'content_date'],
  ['the decision is too old', { application_date: '2019-12-31' }, 'application_date'],
  ['the restriction ends before it begins', { end_date_visibility_restriction: '2026-11-25' }, 'end_date_visibility_restriction'],
  ['the language is not a code', { content_language: 'fr' }, 'content_language'],
  ['the id has a dot', { puid: '123.4' }, 'puid'],
  ['the id contains a line feed', { puid: '123\n' }, 'puid'],
  ['the id is a hash', { puid: 'a1'.repeat(16) }, 'puid'],
  ['the law has no valid URL', { decision_ground_reference_url: 'the code' }, 'decision_ground_reference_url'],
  ['the URL names a user', { decision_ground_reference_url: 'https://ada@law.example/1' }, 'decision_ground_reference_url'],
  ['a keyword is for adults only', { category: 'STATEMENT_CATEGORY_PROTECTION_OF_MINORS' }, 'category_specification'],
  ['another keyword is given without the value other', { category_specification_other: 'New.' }, 'category_specification_other'],
  ['a voluntary decision names a notifier', { source_identity: 'Point de Contact' }, 'source_identity'],
  ['the facts contain a hash', { decision_facts: `It is ${'0a'.repeat(16)}.` }, 'decision_facts'],
  ['the facts contain an e-mail address', { decision_facts: 'From ada@example.test.' }, 'decision_facts'],
  ['the facts are not a text', { decision_facts: 5 }, 'decision_facts'],
  ['the database does not know a field', { url: 'https://example.test' }, 'url'],
];

const without = (document: Document): Document =>
  Object.fromEntries(Object.entries(document).filter(([, value]) => value !== undefined));
const problemsOf = (changes: Document) => validateStatement(without({ ...complete(), ...changes }));

describe('validateStatement', () => {
  it('accepts a complete statement about a law or a clause', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ ...incompatible, incompatible_content_illegal: 'Yes' })).toEqual([]);
  });

  it.each(broken)('refuses a statement: %s', (_, changes, field) => {
    const problems = problemsOf(changes);
    expect(problems.map((problem) => problem.field)).toContain(field);
    // Fields that depend on the broken field may have problems as well.
    const dependent = fields.filter(([, { when }]) => when?.field === field).map(([name]) => name);
    expect(problems.filter((problem) => problem.field !== field && !dependent.includes(problem.field))).toEqual([]);
  });

  it.each(limited)('accepts %s with up to %i characters', (field, max) => {
    const base = field.startsWith('incompatible') ? incompatible : asked(field);
    const source = field === 'source_identity' ? { source_type: 'SOURCE_TRUSTED_FLAGGER' } : {};
    const letter = field === 'puid' || field === 'content_language' ? 'Z' : 'é';
    expect(problemsOf({ ...base, ...source, [field]: letter.repeat(max) })).toEqual([]);
    expect(problemsOf({ ...base, ...source, [field]: letter.repeat(max + 1) })).toMatchObject([{ field }]);
  });

  it('counts an emoji as one character', () => {
    expect(problemsOf({ decision_facts: '\u{1f30d}'.repeat(5_000) })).toEqual([]);
  });

  it('refuses a text that names a hash list', () => {
    const statement = { ...complete(), decision_facts: 'Found on fr-list-7.' };
    expect(validateStatement(statement, ['fr-list-7'])).toMatchObject([{ field: 'decision_facts', asked: 'facts' }]);
  });

  it('finds a hash in any text', () => {
    const texts = fields.flatMap(([field, rule]) => ('max' in rule ? [field] : []));
    const hex = fc.stringMatching(/^[0-9a-fA-F]{32,64}$/);
    fc.assert(
      fc.property(fc.constantFrom(...texts), hex, fc.string({ maxLength: 20 }), (field, hash, around) => {
        const problems = problemsOf({ ...asked(field), [field]: `${around}${hash}${around}` });
        expect(problems.map((problem) => problem.field)).toContain(field);
      }),
    );
  });
});
