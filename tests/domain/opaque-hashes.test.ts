import { describe, expect, it } from 'vitest';
import { exactAlgorithms, isOpaque } from '../../src/domain/algorithms/registry.js';
import { degenerateReason } from '../../src/domain/degenerate.js';
import { standingOf } from '../../src/domain/standing.js';
import type { Candidate } from '../../src/domain/verdict.js';
import { byDigest, candidate, decide, everyList } from './candidates.js';

const decisionOn = (...candidates: readonly Candidate[]) => decide(candidates, everyList, null);

describe.each(exactAlgorithms.filter(isOpaque))('an equal %s', (algorithm) => {
  it('alone holds for review', () => {
    expect(decisionOn(byDigest(algorithm))).toMatchObject({
      verdict: 'hold_for_review',
      matches: [{ matchType: 'exact', algorithm, distance: 0, threshold: 0, corroborated: false, action: 'hold_for_review' }],
    });
  });

  it('removes when PDQ finds the same entry', () => {
    expect(decisionOn(byDigest(algorithm), candidate({ distance: 20 }))).toMatchObject({
      verdict: 'remove',
      matches: [{ algorithm, corroborated: true }],
    });
  });

  it('holds when PDQ finds another entry', () => {
    const other = candidate({ id: 'another', distance: 31, quality: null, queryQuality: null });
    expect(decisionOn(byDigest(algorithm), other).verdict).toBe('hold_for_review');
  });

  it('holds when PDQ agrees by a region only', () => {
    expect(decisionOn(byDigest(algorithm), candidate({ variant: 'region_left', queryVariant: 'region_left' })).verdict).toBe(
      'hold_for_review',
    );
  });

  it.each(['disputed', 'quarantined'] as const)('of an entry that is %s holds', (status) => {
    const standing = standingOf(status, 2, 2);
    expect(decisionOn(byDigest(algorithm, { standing }), candidate({ standing })).verdict).toBe('hold_for_review');
  });

  it('holds beside known-good content that looks the same', () => {
    const corroborated = [byDigest(algorithm), candidate({ distance: 20 })];
    expect(decisionOn(...corroborated, candidate({ list: 'suppress', distance: 2 })).verdict).toBe('hold_for_review');
  });

  it('of known-good content hides nothing', () => {
    expect(decisionOn(byDigest(algorithm, { list: 'suppress' }), candidate({ distance: 20, verified: false })).verdict).toBe(
      'hold_for_review',
    );
  });

  it('that repeats one byte is refused at enrolment', () => {
    expect(degenerateReason({ [algorithm]: '00'.repeat(144) })).toContain(`hashes.${algorithm}`);
    expect(degenerateReason({ [algorithm]: '01'.repeat(143).padEnd(288, '02') })).toBeUndefined();
  });
});
