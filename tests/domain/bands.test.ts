import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandOf, withBands, withoutDistances } from '../../src/domain/bands.js';
import { defaultThresholds } from '../../src/domain/list.js';
import { decide } from '../../src/domain/policy.js';
import type { Decision, Match } from '../../src/domain/verdict.js';
import { everyList, sighting } from './sightings.js';

const thresholdsOf = (list: string) => everyList.get(list)?.thresholds;
const decision = (...sightings: Parameters<typeof sighting>[0][]): Decision => decide(sightings.map(sighting), everyList, null);
const told = (given: Decision) => withoutDistances(withBands(given, thresholdsOf));
const match = (changes: Partial<Match>): Match => {
  const [made] = decision({}).matches;
  if (!made) throw new Error('no match was made');
  return { ...made, ...changes };
};

describe('bandOf', () => {
  it.each([
    [{ distance: 0 }, 'tight'],
    [{ distance: 16 }, 'tight'],
    [{ distance: 17 }, 'wide'],
    [{ distance: 31 }, 'wide'],
    [{ algorithm: 'blockhash', distance: 0 }, 'wide'],
    [{ matchType: 'exact', algorithm: 'sha256', distance: 0 }, 'exact'],
  ] as const)('calls %j %s', (changes, band) => {
    expect(bandOf(match(changes), defaultThresholds)).toBe(band);
  });
});

describe('withBands', () => {
  it('leaves everything else as it is', () => {
    const given = decision({ distance: 20 });
    expect(withBands(given, thresholdsOf)).toEqual({ ...given, matches: given.matches.map((one) => ({ ...one, band: 'wide' })) });
  });

  it('is sure of no more than wide where the list is not known any more', () => {
    expect(withBands(decision({ distance: 0 }), () => undefined).matches[0]?.band).toBe('wide');
  });
});

describe('withoutDistances', () => {
  it('tells the entry, its list, the band and what to do, and nothing that tells how near', () => {
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
      },
    ]);
  });

  it('tells which digest was equal', () => {
    const exact = decision({ algorithm: 'sha256', distance: 0 });
    expect(told(exact).matches[0]).toMatchObject({ band: 'exact', algorithm: 'sha256', distance: null });
  });

  it('changes neither verdict nor removal', () => {
    const given = decision({ distance: 9 });
    expect(told(given)).toMatchObject({ verdict: given.verdict, reason: given.reason, removal: given.removal });
  });

  it('tells the same, in the same order, of all distances within the same bands', () => {
    const tight = fc.integer({ min: 0, max: 16 });
    const wide = fc.integer({ min: 17, max: 31 });
    fc.assert(
      fc.property(fc.tuple(tight, tight, wide, wide), fc.tuple(tight, tight, wide, wide), (one, other) => {
        const tell = ([a, b, c, d]: readonly number[]) =>
          told({
            verdict: 'remove',
            reason: null,
            removal: null,
            // As the policy sorts them: by severity, then distance.
            matches: [
              match({ list: 'a', distance: a ?? 0 }),
              match({ list: 'b', distance: b ?? 0 }),
              match({ list: 'c', distance: c ?? 0 }),
              match({ list: 'd', distance: d ?? 0 }),
            ].toSorted((x, y) => x.distance - y.distance),
          });
        expect(tell(one)).toEqual(tell(other));
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
