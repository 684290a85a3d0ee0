import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withBandsOnly, withRoundedDistances } from '../../src/domain/match-disclosure.js';
import type { Decision, Match } from '../../src/domain/verdict.js';
import { candidate, decide, everyList } from './candidates.js';

const decision = (...candidates: Parameters<typeof candidate>[0][]): Decision =>
  decide(candidates.map(candidate), everyList, null);
const told = (given: Decision) => withBandsOnly(given);
const match = (changes: Partial<Match> & { distance: number }): Match => {
  const [made] = decision({}).matches;
  if (!made) throw new Error('no match was made');
  return { ...made, ...changes, band: changes.distance <= 16 ? 'tight' : 'wide' };
};

describe('withBandsOnly', () => {
  it('shows the entry, its list, the band and the action, and nothing about the distance', () => {
    const given = decision({ distance: 9 });
    expect(told(given).matches).toEqual([
      {
        entry: 'entry of remove',
        list: 'remove',
        class: given.matches[0]?.class,
        matchType: 'near',
        band: 'tight',
        action: 'remove',
        algorithm: null,
        variant: null,
        distance: null,
        threshold: null,
        orientation: null,
        negative: null,
        corroborated: null,
        transformation: null,
        policyVersion: 1,
      },
    ]);
  });

  it('shows which exact hash was equal', () => {
    const exact = decision({ algorithm: 'sha256', distance: 0 });
    expect(told(exact).matches[0]).toMatchObject({ band: 'exact', algorithm: 'sha256', distance: null });
  });

  it('changes no verdict', () => {
    const given = decision({ distance: 9 });
    expect(told(given)).toMatchObject({ verdict: given.verdict, reason: given.reason });
  });

  it('shows the same, in the same order, for all distances within the same bands', () => {
    const tight = fc.integer({ min: 0, max: 16 });
    const wide = fc.integer({ min: 17, max: 31 });
    fc.assert(
      fc.property(fc.tuple(tight, tight, wide, wide), fc.tuple(tight, tight, wide, wide), (one, other) => {
        const disclose = ([a, b, c, d]: readonly number[]) =>
          told({
            verdict: 'remove',
            reason: null,
            // As the policy sorts them: by severity, then distance.
            matches: [
              match({ list: 'a', distance: a ?? 0 }),
              match({ list: 'b', distance: b ?? 0 }),
              match({ list: 'c', distance: c ?? 0 }),
              match({ list: 'd', distance: d ?? 0 }),
            ].toSorted((x, y) => x.distance - y.distance),
          });
        expect(disclose(one)).toEqual(disclose(other));
      }),
    );
  });

  it('keeps the strongest action first', () => {
    const given = decision(
      { list: 'hold_for_review', distance: 0 },
      { list: 'remove', distance: 12 },
      { list: 'remove_and_report', distance: 14 },
    );
    const actions = told(given).matches.map(({ action }) => action);
    expect(actions).toEqual(['remove_and_report', 'remove', 'hold_for_review']);
  });
});

describe('withRoundedDistances', () => {
  const toldOf = (distance: number) => withRoundedDistances(decision({ distance, mayHold: true }), () => 0).matches[0]?.distance;

  it('keeps a far match beyond the threshold, and a wide one within', () => {
    expect([40, 33, 31].map(toldOf)).toEqual([44, 36, 28]);
    const byStep = withRoundedDistances(decision({ distance: 32, mayHold: true }), () => 7).matches[0]?.distance;
    expect(byStep).toBe(32);
  });
});
