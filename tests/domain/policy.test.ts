import { describe, expect, it } from 'vitest';
import type { Candidate, VerdictName } from '../../src/domain/verdict.js';
import { byBlockhash, byDigest, candidate, decide, everyList, listOf, mapOf } from './candidates.js';

const verdictOf = (...candidates: readonly Candidate[]): VerdictName => decide(candidates, everyList, null).verdict;

describe('decide, with exact matches', () => {
  it('takes the action of the list for an equal SHA-256', () => {
    expect(verdictOf(byDigest('sha256'))).toBe('remove');
  });

  it.each(['md5', 'sha1'] as const)('holds an equal %s alone for review', (algorithm) => {
    expect(verdictOf(byDigest(algorithm))).toBe('hold_for_review');
  });

  it.each(['md5', 'sha1'] as const)('takes the action of the list for an equal %s that PDQ corroborates', (algorithm) => {
    const decision = decide([byDigest(algorithm), candidate({ distance: 31 })], everyList, null);
    expect(decision.matches[0]).toMatchObject({ algorithm, matchType: 'exact', corroborated: true, action: 'remove' });
  });

  it('does not take PDQ of another entry as corroboration of an MD5', () => {
    const other = candidate({ id: 'another', distance: 31 });
    expect(verdictOf(byDigest('md5'), other)).toBe('hold_for_review');
  });

  it('does not take a region as corroboration of an MD5', () => {
    expect(verdictOf(byDigest('md5'), candidate({ variant: 'region_left' }))).toBe('hold_for_review');
  });

  it('does not take blockhash as corroboration of an MD5', () => {
    expect(verdictOf(byDigest('md5'), byBlockhash())).toBe('hold_for_review');
  });

  it('holds the equal SHA-256 of a draft for review', () => {
    expect(verdictOf(byDigest('sha256', { verified: false }))).toBe('hold_for_review');
  });
});

describe('decide, with near matches', () => {
  it('takes the action of the list at the tight distance', () => {
    expect(verdictOf(candidate({ distance: 16 }))).toBe('remove');
  });

  it('holds for review past the tight distance', () => {
    expect(verdictOf(candidate({ distance: 17 }))).toBe('hold_for_review');
  });

  it('takes the action of the list at the wide distance when blockhash corroborates', () => {
    expect(verdictOf(candidate({ distance: 31 }), byBlockhash({ distance: 24 }))).toBe('remove');
  });

  it('ignores matches past the wide distance', () => {
    expect(verdictOf(candidate({ distance: 32 }), byBlockhash({ distance: 25 }))).toBe('no_known_match');
  });

  it('does not corroborate by a blockhash past its own threshold', () => {
    expect(verdictOf(candidate({ distance: 31 }), byBlockhash({ distance: 25 }))).toBe('hold_for_review');
  });

  it('does not corroborate by a blockhash in another orientation', () => {
    expect(verdictOf(candidate({ distance: 31, orientation: 'rotate90' }), byBlockhash())).toBe('hold_for_review');
  });

  it('corroborates by a blockhash in the same orientation, also a turned one', () => {
    const turned = { orientation: 'flip_y' } as const;
    expect(verdictOf(candidate({ distance: 31, ...turned }), byBlockhash(turned))).toBe('remove');
  });

  it('does not corroborate by the blockhash of another entry', () => {
    expect(verdictOf(candidate({ distance: 31 }), byBlockhash({ id: 'another' }))).toBe('hold_for_review');
  });

  it('does not corroborate by the blockhash of a region', () => {
    expect(verdictOf(candidate({ distance: 31 }), byBlockhash({ variant: 'region_left' }))).toBe('hold_for_review');
  });

  it('holds blockhash alone for review, however near', () => {
    expect(verdictOf(byBlockhash({ distance: 0 }))).toBe('hold_for_review');
  });

  it('holds a draft for review, however near', () => {
    expect(verdictOf(candidate({ verified: false, distance: 0 }), byBlockhash({ verified: false }))).toBe('hold_for_review');
  });

  it.each(['variant', 'queryVariant'])('holds a region (%s) for review, however near', (side) => {
    expect(verdictOf(candidate({ distance: 0, [side]: 'region_left' }), byBlockhash())).toBe('hold_for_review');
  });

  it('takes a crop for the whole image', () => {
    expect(verdictOf(candidate({ variant: 'crop_092' }))).toBe('remove');
  });

  it('uses the thresholds of the list, not the defaults', () => {
    const narrow = listOf('remove', { thresholds: { pdq: { tight: 4, wide: 8 }, blockhash: 2 } });
    const verdictAt = (distance: number) => decide([candidate({ distance })], mapOf(narrow), null).verdict;
    expect([4, 5, 8, 9].map(verdictAt)).toEqual(['remove', 'hold_for_review', 'hold_for_review', 'no_known_match']);
  });
});

describe('decide, with PDQ qualities', () => {
  it.each(['quality', 'queryQuality'])('removes at a %s of 50', (side) => {
    expect(verdictOf(candidate({ [side]: 50 }))).toBe('remove');
  });

  it.each(['quality', 'queryQuality'])('holds for review at a %s of 49, even corroborated', (side) => {
    expect(verdictOf(candidate({ [side]: 49 }), byBlockhash())).toBe('hold_for_review');
  });

  it('takes the unknown quality of a verified entry as enough', () => {
    expect(verdictOf(candidate({ quality: null }))).toBe('remove');
  });

  it('never removes for a query of unknown quality alone', () => {
    expect(verdictOf(candidate({ queryQuality: null, distance: 0 }))).toBe('hold_for_review');
  });

  it('removes for a query of unknown quality that blockhash corroborates', () => {
    expect(verdictOf(candidate({ queryQuality: null }), byBlockhash())).toBe('remove');
  });
});

describe('decide, with the test list', () => {
  it.each([
    ['a digest', byDigest('md5', { list: 'test_match' })],
    ['a PDQ at the wide distance', candidate({ list: 'test_match', distance: 31 })],
    ['a blockhash', byBlockhash({ list: 'test_match' })],
  ])('answers test_match at %s', (_, seen) => {
    expect(verdictOf(seen)).toBe('test_match');
  });

  it('is beaten by every other match', () => {
    expect(verdictOf(byDigest('sha256', { list: 'test_match' }), byBlockhash())).toBe('hold_for_review');
  });

  it('is not hidden by suppression', () => {
    const decision = decide([candidate({ list: 'test_match' }), candidate({ list: 'suppress', distance: 0 })], everyList, null);
    expect(decision.matches.map(({ list }) => list)).toEqual(['suppress', 'test_match']);
  });
});

describe('decide, without a match', () => {
  it('answers no_known_match without a candidate', () => {
    expect(decide([], everyList, null)).toEqual({
      verdict: 'no_known_match',
      reason: null,
      matches: [],
      removing: [],
      standing: [],
    });
  });

  it('answers unscannable with its reason without a candidate', () => {
    expect(decide([], everyList, 'flat')).toMatchObject({ verdict: 'unscannable', reason: 'flat' });
  });

  it('lets a digest win over unscannable, and still says that the file is truncated', () => {
    expect(decide([byDigest('sha256')], everyList, 'flat')).toMatchObject({ verdict: 'remove', reason: null });
    expect(decide([byDigest('sha256')], everyList, 'truncated')).toMatchObject({ verdict: 'remove', reason: 'truncated' });
  });

  it('ignores candidates of lists the caller may not match', () => {
    expect(decide([candidate({ list: 'somebody-elses' })], everyList, null).verdict).toBe('no_known_match');
  });
});

describe('the answer of decide', () => {
  it('orders matches by severity before distance', () => {
    const seen = [
      candidate({ distance: 0 }),
      candidate({ list: 'remove_and_report', distance: 16 }),
      candidate({ list: 'test_match' }),
    ];
    expect(decide(seen, everyList, null).matches.map(({ list }) => list)).toEqual(['remove_and_report', 'remove', 'test_match']);
  });

  it('orders matches of one severity by distance', () => {
    const lists = mapOf(listOf('remove', { id: 'far' }), listOf('remove', { id: 'near' }));
    const seen = [candidate({ list: 'far', distance: 12 }), candidate({ list: 'near', distance: 3 })];
    expect(decide(seen, lists, null).matches.map(({ list }) => list)).toEqual(['near', 'far']);
  });

  it('shows only the strongest match of each list', () => {
    const seen = [candidate({ id: 'a', distance: 20 }), candidate({ id: 'b', distance: 4 }), candidate({ id: 'c', distance: 9 })];
    expect(decide(seen, everyList, null).matches).toMatchObject([{ entry: 'b', distance: 4 }]);
  });

  it('shows 20 matches and keeps the strongest of more', () => {
    const held = Array.from({ length: 24 }, (_, at) => listOf('hold_for_review', { id: `held-${at}` }));
    const lists = mapOf(...held, listOf('remove'));
    const { matches, verdict } = decide(
      [...held.map(({ id }) => candidate({ list: id, distance: 0 })), candidate()],
      lists,
      null,
    );
    expect({ verdict, shown: matches.length, first: matches[0]?.list }).toEqual({
      verdict: 'remove',
      shown: 20,
      first: 'remove',
    });
  });

  it('shows what a match was compared by', () => {
    const seen = candidate({ distance: 20, orientation: 'rotate180', variant: 'crop_90' });
    expect(decide([seen], everyList, null).matches).toEqual([
      {
        entry: 'entry of remove',
        list: 'remove',
        class: 'unclassified',
        matchType: 'near',
        algorithm: 'pdq',
        variant: 'crop_90',
        distance: 20,
        band: 'wide',
        threshold: 31,
        orientation: 'rotate180',
        negative: false,
        corroborated: false,
        transformation: {
          tilt: 0,
          crop: { left: 0.05, top: 0.05, right: 0.05, bottom: 0.05 },
          frame: { left: 0, top: 0, right: 0, bottom: 0 },
          agreeing: 1,
        },
        action: 'hold_for_review',
        policyVersion: 1,
      },
    ]);
  });
});

describe('decide, with a blockhash alone', () => {
  it('holds within two thirds of the threshold', () => {
    expect(decide([byBlockhash({ distance: 16 })], everyList, null).verdict).toBe('hold_for_review');
  });

  it('ignores it past that distance', () => {
    expect(decide([byBlockhash({ distance: 17 })], everyList, null).verdict).toBe('no_known_match');
  });

  it('still corroborates a PDQ match up to the threshold itself', () => {
    const seen = [candidate({ distance: 25 }), byBlockhash({ distance: 24 })];
    expect(decide(seen, everyList, null).matches).toMatchObject([{ algorithm: 'pdq', corroborated: true, action: 'remove' }]);
  });
});
