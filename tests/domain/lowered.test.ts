import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { certainties, listActions, weakOutcomes } from '../../src/domain/list.js';
import { standingOf } from '../../src/domain/standing.js';
import type { Candidate } from '../../src/domain/verdict.js';
import { byBlockhash, byDigest, type CandidateChanges, candidate, decide, everyList, listOf, mapOf } from './candidates.js';

const lowered = [
  ['disputed by platforms', standingOf('disputed', 2, 2)],
  ['quarantined', standingOf('quarantined', 2, 2)],
] as const;
const verdictOf = (...candidates: readonly Candidate[]) => decide(candidates, everyList, null).verdict;
const ignoring = mapOf(
  ...listActions
    .filter((action) => action !== 'test_match')
    .map((action) => listOf(action, { policy: { unverified: { exact: 'ignore', tight: 'ignore', wide: 'ignore' } } })),
);

describe.each(lowered)('a confirmed entry that is %s', (_, standing) => {
  const list = 'remove_and_report';
  const near: readonly (readonly [string, readonly Candidate[]])[] = [
    ['within the tight distance', [candidate({ list, standing })]],
    ['corroborated by a blockhash', [candidate({ list, standing, distance: 25 }), byBlockhash({ list, standing })]],
  ];

  it.each(near)('holds near matches: %s', (_name, candidates) => {
    expect(verdictOf(...candidates)).toBe('hold_for_review');
  });

  it.each(near)('holds them even where unconfirmed entries lead to nothing: %s', (_name, candidates) => {
    expect(decide(candidates, ignoring, null).verdict).toBe('hold_for_review');
  });

  it('holds a tight match beside nearer known-good content', () => {
    expect(verdictOf(candidate({ list, standing }), candidate({ list: 'suppress', distance: 0 }))).toBe('hold_for_review');
    expect(verdictOf(candidate({ list, standing }), byDigest('sha256', { list: 'suppress' }))).toBe('hold_for_review');
  });

  it.each(['sha256', 'md5', 'sha1'] as const)('is as strong as a verified one for an equal %s', (algorithm) => {
    // A digest that can be forged is borne out by PDQ, which by itself would only hold.
    const candidates = [byDigest(algorithm, { list, standing }), candidate({ list, standing, distance: 25 })];
    expect(verdictOf(...candidates)).toBe('remove_and_report');
    expect(verdictOf(...candidates, candidate({ list: 'suppress', distance: 0 }))).toBe('remove_and_report');
  });

  it('hides nothing near when it is known-good content', () => {
    expect(verdictOf(candidate({ list: 'suppress', standing, distance: 0 }), candidate({ list: 'remove' }))).toBe('remove');
    expect(verdictOf(candidate({ list: 'suppress', standing, distance: 0 }))).toBe('no_known_match');
  });
});

describe('an entry that a person disputed', () => {
  it.each([
    ['near', candidate({ standing: standingOf('disputed', 0, 0) })],
    ['equal', byDigest('sha256', { standing: standingOf('disputed', 0, 0) })],
  ])('only holds: %s', (_, seen) => {
    expect(verdictOf(seen)).toBe('hold_for_review');
  });
});

describe('a doubt by platforms or by the flood guard', () => {
  const kinds = fc.constantFrom<(changes: CandidateChanges) => Candidate>(
    candidate,
    byBlockhash,
    (changes) => byDigest('sha256', changes),
    (changes) => byDigest('md5', changes),
  );
  const seen = fc.array(fc.tuple(kinds, fc.integer({ min: 0, max: 40 })), { minLength: 1, maxLength: 4 });
  const cells = fc.dictionary(
    fc.constantFrom(...certainties),
    fc.constantFrom(...weakOutcomes.filter((one) => one !== 'test_match')),
  );
  const action = fc.constantFrom('remove', 'remove_and_report', 'hold_for_review');
  const status = fc.constantFrom('disputed', 'quarantined');

  it('never switches an entry off: the verdict stays the same or becomes a hold', () => {
    fc.assert(
      fc.property(seen, action, cells, status, fc.boolean(), (candidates, list, unverified, given, beside) => {
        const lists = mapOf(listOf(list, { policy: { unverified } }), listOf('suppress'));
        const good = beside ? [candidate({ list: 'suppress', distance: 5 })] : [];
        const verdictBy = (standing: ReturnType<typeof standingOf>) => {
          const made = candidates.map(([make, distance]) => {
            const one = make({ list, standing });
            return one.algorithm === 'pdq' || one.algorithm === 'blockhash' ? { ...one, distance } : one;
          });
          return decide([...made, ...good], lists, null).verdict;
        };
        const [before, after] = [verdictBy(standingOf('verified', 2, 2)), verdictBy(standingOf(given, 2, 2))];
        return after === before || after === 'hold_for_review';
      }),
      { numRuns: 2_000 },
    );
  });
});
