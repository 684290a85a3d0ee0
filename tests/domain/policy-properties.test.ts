import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesOfEntries } from '../../src/domain/entry-matches.js';
import { orientations } from '../../src/domain/hash.js';
import { listActions } from '../../src/domain/list.js';
import type { FullDecision } from '../../src/domain/policy.js';
import { standingOf } from '../../src/domain/standing.js';
import { type Candidate, unscannableReasons, verdictNames } from '../../src/domain/verdict.js';
import { candidate, decide, everyList } from './candidates.js';

const quality = fc.option(fc.integer({ min: 0, max: 100 }), { nil: null });
const variant = fc.constantFrom('full', 'full', 'crop_90', 'region_centre', 'region_left_third');

/** As the matcher makes them: digests at distance 0, blockhash without quality, few entries so that they meet. */
function searchCandidates(lists: readonly string[], entries = 3): fc.Arbitrary<Candidate> {
  return fc
    .record({
      list: fc.constantFrom(...lists),
      entry: fc.integer({ min: 1, max: entries }),
      algorithm: fc.constantFrom('pdq', 'pdq', 'pdq', 'blockhash', 'md5', 'sha1', 'sha256'),
      distance: fc.integer({ min: 0, max: 40 }),
      orientation: fc.constantFrom(...orientations.slice(0, 3)),
      quality,
      queryQuality: quality,
      variant,
      queryVariant: variant,
      negative: fc.boolean(),
    })
    .map(({ list, entry, algorithm, ...rest }) => {
      // The same in all candidates of an entry.
      const facts = { list, id: `${list} ${entry}`, verified: entry !== 2, algorithm };
      if (algorithm === 'pdq') return candidate({ ...rest, ...facts });
      const plain = { ...facts, quality: null, queryQuality: null };
      return algorithm === 'blockhash' ? candidate({ ...rest, ...plain }) : candidate({ ...plain, distance: 0 });
    });
}

const some = fc.array(searchCandidates(listActions), { maxLength: 12 });
const strength = (candidates: readonly Candidate[]) => verdictNames.indexOf(decide(candidates, everyList, null).verdict);

describe('decide, always', () => {
  it('is not weakened by a match of another list that suppresses nothing', () => {
    const known = fc.array(searchCandidates(['remove', 'hold_for_review', 'suppress']), { maxLength: 10 });
    const added = searchCandidates(['remove_and_report', 'test_match']);
    fc.assert(fc.property(known, added, (before, one) => strength([...before, one]) <= strength(before)));
  });

  it('is never weaker with what variants find than without', () => {
    const plain = ({ variant: stored, queryVariant, negative }: Candidate) =>
      stored === 'full' && queryVariant === 'full' && !negative;
    fc.assert(
      fc.property(some, (candidates) => strength(candidates) <= strength(candidates.filter(plain))),
      { numRuns: 1_000 },
    );
  });

  it('does not depend on the order of candidates', () => {
    const orders = some.chain((candidates) =>
      fc.tuple(fc.constant(candidates), fc.shuffledSubarray(candidates, { minLength: candidates.length })),
    );
    fc.assert(
      fc.property(orders, ([one, other]) => {
        expect(inOrder(decide(other, everyList, null))).toEqual(inOrder(decide(one, everyList, null)));
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same answer twice and changes nothing it is given', () => {
    fc.assert(
      fc.property(some, (candidates) => {
        const given = structuredClone(candidates);
        expect(decide(candidates, everyList, null)).toEqual(decide(candidates, everyList, null));
        expect(candidates).toEqual(given);
      }),
    );
  });

  it('shows no match past its threshold', () => {
    fc.assert(
      fc.property(some, (candidates) =>
        decide(candidates, everyList, null).matches.every((one) => one.distance <= one.threshold),
      ),
    );
  });

  it('removes only by verified entries', () => {
    const drafts = fc.array(searchCandidates(listActions).filter(({ entry }) => entry.standing === standingOf('draft', 0, 0)));
    fc.assert(
      fc.property(
        drafts,
        (candidates) =>
          verdictNames.indexOf(decide(candidates, everyList, null).verdict) >= verdictNames.indexOf('hold_for_review'),
      ),
    );
  });

  it('gives a reason when nothing matched, and says of a match that the file is truncated', () => {
    fc.assert(
      fc.property(some, fc.constantFrom(...unscannableReasons), (candidates, why) => {
        const { matches, reason, verdict } = decide(candidates, everyList, why);
        const besideMatch = why === 'truncated' ? why : null;
        expect([reason, verdict === 'unscannable']).toEqual(matches.length === 0 ? [why, true] : [besideMatch, false]);
      }),
    );
  });

  it('shows one match per list, the strongest first', () => {
    fc.assert(
      fc.property(some, (candidates) => {
        const { matches } = decide(candidates, everyList, null);
        expect(new Set(matches.map(({ list }) => list)).size).toBe(matches.length);
        const order = ['remove_and_report', 'remove', 'hold_for_review', 'suppress', 'test_match'];
        const places = matches.map(({ action }) => order.indexOf(action));
        expect(places).toEqual(places.toSorted((a, b) => a - b));
      }),
    );
  });
});

/** Only the entries that stand come in any order. */
function inOrder({ standing, ...decision }: FullDecision) {
  const entries = matchesOfEntries(standing).map(({ entry, distance, matchType }) => `${entry} ${distance} ${matchType}`);
  return { ...decision, entries: entries.sort() };
}
