import { describe, expect, it } from 'vitest';
import { type ActionMatrix, certainties, faultOf, type ListAction, listActions, outcomes } from '../../src/domain/list.js';
import type { Candidate } from '../../src/domain/verdict.js';
import { listPatchSchema, newListSchema } from '../../src/http/schemas/list.js';
import { byBlockhash, byDigest, type CandidateChanges, candidate, decide, listOf, mapOf } from './candidates.js';

/** Candidates of one entry of list `remove`. */
const seen = {
  exact: (changes: CandidateChanges = {}) => [byDigest('sha256', changes)],
  tight: (changes: CandidateChanges = {}) => [candidate({ distance: 10, ...changes })],
  wide: (changes: CandidateChanges = {}) => [candidate({ distance: 25, ...changes }), byBlockhash(changes)],
} satisfies Record<string, (changes?: CandidateChanges) => Candidate[]>;

const verdictUnder = (matrix: ActionMatrix, candidates: readonly Candidate[], classes = {}) =>
  decide(candidates, mapOf(listOf('remove', { policy: { ...matrix, classes } })), null).verdict;

describe('the actions of a list', () => {
  it.each(certainties)('are by default its own for verified entries and a hold for others: %s', (certainty) => {
    expect(verdictUnder({}, seen[certainty]())).toBe('remove');
    expect(verdictUnder({}, seen[certainty]({ verified: false }))).toBe('hold_for_review');
  });

  it.each(certainties)('are those of its cell for verified entries: %s', (certainty) => {
    const matrix = { verified: { [certainty]: 'remove_and_report' } } as const;
    expect(verdictUnder(matrix, seen[certainty]())).toBe('remove_and_report');
    for (const other of certainties.filter((one) => one !== certainty)) {
      // A blockhash corroborates a wide match, and its own cell is also `wide`.
      expect(verdictUnder(matrix, seen[other]())).toBe('remove');
    }
    expect(verdictUnder(matrix, seen[certainty]({ verified: false }))).toBe('hold_for_review');
  });

  it.each(certainties)('may be nothing for unconfirmed entries: %s', (certainty) => {
    const matrix = { unverified: { exact: 'ignore', tight: 'ignore', wide: 'ignore' } } as const;
    expect(verdictUnder(matrix, seen[certainty]({ verified: false }))).toBe('no_known_match');
    expect(verdictUnder(matrix, seen[certainty]())).toBe('remove');
  });

  it("are those of the entry's class if it has any, and the list's for other classes", () => {
    const classes = { tvec: { verified: { tight: 'hold_for_review' } } } as const;
    const matrix = { verified: { tight: 'remove_and_report' } } as const;
    expect(verdictUnder(matrix, seen.tight({ class: 'tvec' }), classes)).toBe('hold_for_review');
    expect(verdictUnder(matrix, seen.tight({ class: 'ncii_adult' }), classes)).toBe('remove_and_report');
  });

  it("are the list's if the class has no cell for that certainty", () => {
    const classes = { tvec: { verified: { tight: 'hold_for_review' } } } as const;
    const matrix = { verified: { exact: 'remove_and_report' } } as const;
    expect(verdictUnder(matrix, seen.exact({ class: 'tvec' }), classes)).toBe('remove_and_report');
  });

  it('are those of unconfirmed entries if the match itself is not sure', () => {
    const matrix = { verified: { tight: 'remove' }, unverified: { tight: 'ignore' } } as const;
    expect(verdictUnder(matrix, [candidate({ distance: 10, queryQuality: 10 })])).toBe('no_known_match');
  });
});

describe('a cell for unconfirmed entries', () => {
  const strong = ['remove', 'remove_and_report', 'suppress'] as const;
  const given = { id: 'fresh', title: 'Fresh', class: 'tvec', action: 'remove' } as const;
  const cells = certainties.flatMap((certainty) => outcomes.map((outcome) => ({ certainty, outcome })));

  it.each(cells)('is accepted only if it removes and hides nothing: $certainty leads to $outcome', ({ certainty, outcome }) => {
    const isWeak = !strong.some((one) => one === outcome);
    const matrix = { unverified: { [certainty]: outcome } };
    for (const policy of [matrix, { classes: { tvec: matrix } }]) {
      expect(newListSchema.safeParse({ ...given, policy }).success).toBe(isWeak);
      expect(listPatchSchema.safeParse({ policy }).success).toBe(isWeak);
    }
  });
});

describe('faultOf', () => {
  const two = { people: 2, organisations: 2 };
  const cell = (outcome: ListAction) => ({ verified: { tight: outcome } });

  it.each(listActions)('refuses suppress and test_match in a list of another action: %s', (action) => {
    for (const alien of ['suppress', 'test_match'] as const) {
      const isOwn = action === alien;
      for (const policy of [cell(alien), { classes: { tvec: cell(alien) } }]) {
        const fault = faultOf({ action, verification: two, policy });
        expect(fault).toBe(isOwn ? undefined : `policy: only a list with action ${alien} may use the outcome ${alien}`);
      }
    }
  });

  it('refuses test_match for unconfirmed entries in a list that removes', () => {
    const policy = { unverified: { exact: 'test_match' } } as const;
    expect(faultOf({ action: 'remove', verification: two, policy })).toContain('test_match');
  });

  it.each(['remove', 'remove_and_report', 'hold_for_review'] as const)('lets any list lead to %s', (outcome) => {
    for (const action of listActions) expect(faultOf({ action, verification: two, policy: cell(outcome) })).toBeUndefined();
  });

  it.each([
    { people: 0, organisations: 0 },
    { people: 1, organisations: 1 },
    { people: 2, organisations: 1 },
    { people: 7, organisations: 1 },
  ])('refuses a list that suppresses with less than two people of two organisations: %j', (verification) => {
    expect(faultOf({ action: 'suppress', verification, policy: {} })).toContain('at least 2 people of 2 organisations');
    expect(faultOf({ action: 'remove', verification, policy: {} })).toBeUndefined();
  });
});
