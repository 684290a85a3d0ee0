import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/verdict.js';
import { byBlockhash, byDigest, candidate, decide, everyList } from './candidates.js';

const verdictOf = (...candidates: readonly Candidate[]) => decide(candidates, everyList, null).verdict;
const knownGood = (distance: number) => candidate({ list: 'suppress', distance });

describe('a match of known-good content', () => {
  it('answers suppressed', () => {
    expect(verdictOf(knownGood(10))).toBe('suppressed');
  });

  it('hides a weaker match at a larger distance', () => {
    expect(verdictOf(knownGood(10), candidate({ distance: 20 }))).toBe('suppressed');
  });

  it('hides a weaker match at its own distance', () => {
    expect(verdictOf(knownGood(16), candidate({ distance: 16, verified: false }))).toBe('suppressed');
  });

  it('hides a corroborated match past the tight distance', () => {
    expect(verdictOf(knownGood(10), candidate({ distance: 20 }), byBlockhash())).toBe('suppressed');
  });

  it('hides a blockhash at a larger distance', () => {
    expect(verdictOf(knownGood(10), byBlockhash({ distance: 20 }))).toBe('suppressed');
  });

  it('does not hide a nearer match', () => {
    expect(verdictOf(knownGood(11), candidate({ distance: 10 }))).toBe('remove');
  });

  it('turns a verified match within the tight distance into a hold', () => {
    expect(verdictOf(knownGood(2), candidate({ distance: 16 }))).toBe('hold_for_review');
  });

  it('hides a draft within the tight distance', () => {
    expect(verdictOf(knownGood(2), candidate({ distance: 16, verified: false }))).toBe('suppressed');
  });

  it('never hides an equal SHA-256', () => {
    expect(verdictOf(byDigest('sha256', { list: 'suppress' }), byDigest('sha256'))).toBe('remove');
  });

  it('never hides an equal MD5 that PDQ corroborates', () => {
    expect(verdictOf(knownGood(0), byDigest('md5'), candidate({ distance: 20 }))).toBe('remove');
  });

  it('hides near matches when its digest is equal', () => {
    expect(verdictOf(byDigest('sha256', { list: 'suppress' }), candidate({ distance: 20 }))).toBe('suppressed');
  });

  it.each([
    ['a draft', candidate({ list: 'suppress', distance: 0, verified: false })],
    ['uncorroborated past the tight distance', knownGood(17)],
    ['a blockhash alone', byBlockhash({ list: 'suppress', distance: 0 })],
    ['an MD5 alone', byDigest('md5', { list: 'suppress' })],
    ['a region', candidate({ list: 'suppress', distance: 0, variant: 'region_left' })],
    ['a negative', candidate({ list: 'suppress', distance: 0, negative: true })],
  ])('hides nothing and is no match when it is %s', (_, weak) => {
    const decision = decide([weak, candidate({ distance: 20 })], everyList, null);
    expect(decision).toMatchObject({ verdict: 'hold_for_review', matches: [{ list: 'remove' }] });
  });

  it('is not corroborated by its negative', () => {
    const weak = [byDigest('md5', { list: 'suppress' }), candidate({ list: 'suppress', distance: 0, negative: true })];
    expect(verdictOf(...weak, candidate({ distance: 10 }))).toBe('remove');
  });
});
