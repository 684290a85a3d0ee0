import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { draftStatement } from '../../../src/domain/drafts/statement.js';
import { validateStatement } from '../../../src/domain/drafts/statement-check.js';
import type { StatementFacts } from '../../../src/domain/drafts/statement-rules.js';
import { contentClasses } from '../../../src/domain/list.js';
import { entryId, matchOf, now, saidOfStatement, verdictOn } from './verdicts.js';

const said = (changes: Partial<StatementFacts> = {}): StatementFacts => ({ ...saidOfStatement, ...changes });

describe('draftStatement', () => {
  it('drafts a statement that the database accepts', () => {
    const statement = draftStatement(verdictOn(['ncii_adult']), said());
    expect(validateStatement(statement)).toEqual([]);
    expect(statement).toEqual({
      decision_visibility: ['DECISION_VISIBILITY_CONTENT_REMOVED'],
      account_type: 'ACCOUNT_TYPE_PRIVATE',
      decision_ground: 'DECISION_GROUND_ILLEGAL_CONTENT',
      decision_ground_reference_url: 'https://law.example/226-2-1',
      illegal_content_legal_ground: 'Code pénal, article 226-2-1',
      illegal_content_explanation: 'Intimate image published without the consent of who it shows.',
      content_type: ['CONTENT_TYPE_IMAGE'],
      category: 'STATEMENT_CATEGORY_CYBER_VIOLENCE',
      category_specification: ['KEYWORD_NON_CONSENSUAL_IMAGE_SHARING'],
      territorial_scope: ['FR', 'BE'],
      content_language: 'FR',
      content_date: '2026-11-20',
      application_date: '2026-11-26',
      decision_facts: expect.stringContaining('looks the same as'),
      source_type: 'SOURCE_VOLUNTARY',
      automated_detection: 'Yes',
      automated_decision: 'AUTOMATED_DECISION_FULLY',
      puid: '7d1cf1b8-6c1e-4a45-9d63-0d4ce1d3a7a4',
    });
  });

  const minors = 'STATEMENT_CATEGORY_PROTECTION_OF_MINORS';
  const image = ['CONTENT_TYPE_IMAGE'];
  const synthetic = ['CONTENT_TYPE_IMAGE', 'CONTENT_TYPE_SYNTHETIC_MEDIA'];
  it.each([
    ['csam_baseline', minors, ['KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'], image],
    ['csam_a1', minors, ['KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'], image],
    ['csam_synthetic', minors, ['KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL_DEEPFAKE'], synthetic],
    ['cse_borderline', minors, undefined, image],
    ['ncii_minor', minors, ['KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'], image],
    ['ncii_adult', 'STATEMENT_CATEGORY_CYBER_VIOLENCE', ['KEYWORD_NON_CONSENSUAL_IMAGE_SHARING'], image],
    ['ncii_synthetic', 'STATEMENT_CATEGORY_CYBER_VIOLENCE', ['KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE'], synthetic],
    ['tvec', 'STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY', ['KEYWORD_TERRORIST_CONTENT'], image],
  ] as const)('names category, keywords and content types for %s', (contentClass, category, keywords, types) => {
    const statement = draftStatement(verdictOn([contentClass]), said());
    expect(statement).toMatchObject({ category, content_type: types });
    expect(statement.category_specification).toEqual(keywords);
  });

  it('uses the names for violence against women if the platform says so', () => {
    expect(draftStatement(verdictOn(['ncii_synthetic']), said({ againstWomen: true }))).toMatchObject({
      category: 'STATEMENT_CATEGORY_CYBER_VIOLENCE_AGAINST_WOMEN',
      category_specification: ['KEYWORD_NON_CONSENSUAL_MATERIAL_DEEPFAKE_AGAINST_WOMEN'],
    });
  });

  it('ignores matches with adults if another match shows a child', () => {
    const statement = draftStatement(verdictOn(['ncii_adult', 'csam_illegal']), said());
    expect(statement).toMatchObject({ category: minors, category_specification: ['KEYWORD_CHILD_SEXUAL_ABUSE_MATERIAL'] });
    expect(statement.category_addition).toBeUndefined();
  });

  it('names a second category', () => {
    expect(draftStatement(verdictOn(['ncii_adult', 'tvec']), said())).toMatchObject({
      category: 'STATEMENT_CATEGORY_CYBER_VIOLENCE',
      category_addition: ['STATEMENT_CATEGORY_RISK_FOR_PUBLIC_SECURITY'],
    });
  });

  it('depends on the matches that removed, not on those that only held', () => {
    const removed = matchOf('ncii_adult');
    const held = matchOf('csam_a1', { action: 'hold_for_review' });
    const verdict = { verdict: 'remove' as const, matches: [removed, held], answeredAt: now };
    expect(draftStatement(verdict, said()).category).toBe('STATEMENT_CATEGORY_CYBER_VIOLENCE');
  });

  it('leaves the category of unclassified content to the platform', () => {
    const verdict = verdictOn(['unclassified']);
    expect(validateStatement(draftStatement(verdict, said()))).toEqual([
      { field: 'category', asked: 'category', rule: 'is missing' },
    ]);
    const category = 'STATEMENT_CATEGORY_VIOLENCE';
    expect(validateStatement(draftStatement(verdict, said({ category })))).toEqual([]);
  });

  it('says that held content is disabled, not removed', () => {
    const statement = draftStatement(verdictOn(['ncii_adult'], 'hold_for_review'), said());
    expect(statement.decision_visibility).toEqual(['DECISION_VISIBILITY_CONTENT_DISABLED']);
    expect(statement.decision_facts).toContain('until a person has reviewed it');
  });

  it('states what the platform says it did', () => {
    const decision = { account: 'DECISION_ACCOUNT_SUSPENDED', accountEnds: '2026-12-24' };
    const statement = draftStatement(verdictOn(['ncii_adult']), said({ decision }));
    expect(statement).toMatchObject({
      decision_account: 'DECISION_ACCOUNT_SUSPENDED',
      end_date_account_restriction: '2026-12-24',
    });
    expect(statement.decision_visibility).toBeUndefined();
  });

  it('distinguishes a clause of the terms from a law', () => {
    const ground = {
      kind: 'DECISION_GROUND_INCOMPATIBLE_CONTENT',
      reference: 'Clause 4',
      explanation: 'Nudity.',
      alsoIllegal: false,
    };
    const statement = draftStatement(verdictOn(['ncii_adult']), said({ ground }));
    expect(validateStatement(statement)).toEqual([]);
    expect(statement).toMatchObject({
      incompatible_content_ground: 'Clause 4',
      incompatible_content_explanation: 'Nudity.',
      incompatible_content_illegal: 'No',
    });
    expect(statement.illegal_content_legal_ground).toBeUndefined();
  });

  it('says that the file is the same when a match is exact', () => {
    const match = matchOf('ncii_adult', { matchType: 'exact', algorithm: 'sha256' });
    expect(draftStatement({ verdict: 'remove', matches: [match], answeredAt: now }, said()).decision_facts).toContain(
      'same file',
    );
  });

  it('does not say that the file is the same when only a PhotoDNA hash is equal', () => {
    const match = matchOf('ncii_adult', { matchType: 'exact', algorithm: 'photodna' });
    expect(draftStatement({ verdict: 'hold_for_review', matches: [match], answeredAt: now }, said()).decision_facts).toContain(
      'looks the same as',
    );
  });

  it('contains no entry, list or hash, whatever matched', () => {
    const classes = fc.array(fc.constantFrom(...contentClasses), { minLength: 1, maxLength: 5 });
    const verdicts = fc.constantFrom('remove', 'remove_and_report', 'hold_for_review', 'quarantined' as const);
    fc.assert(
      fc.property(classes, verdicts, fc.boolean(), (shown, verdict, againstWomen) => {
        const text = JSON.stringify(draftStatement(verdictOn(shown, verdict), said({ againstWomen })));
        expect(text).not.toContain(entryId);
        expect(text).not.toContain('fr-list-7');
        expect(text).not.toMatch(/[0-9a-f]{32}/i);
      }),
    );
  });
});
