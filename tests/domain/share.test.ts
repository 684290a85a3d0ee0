import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entryIdOf } from '../../src/domain/entry.js';
import { orientations } from '../../src/domain/hash.js';
import { listActions } from '../../src/domain/list.js';
import { decide, isInForce } from '../../src/domain/policy.js';
import { byDigest, candidate, listOf, mapOf } from './candidates.js';

const ofShare = (share: number) => listOf('remove', { share });
const entry = fc.uuid().map(entryIdOf);
const organisation = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/);
const percent = fc.integer({ min: 0, max: 100 });

/** Of 10 000 entries whose ids differ only in the last digits. */
function inForce(share: number, by: string): number {
  const list = ofShare(share);
  const ids = Array.from({ length: 10_000 }, (_, at) => `ent_${at.toString(16).padStart(32, '0')}`);
  return ids.filter((id) => isInForce(list, id, by)).length;
}

describe('the share of a list', () => {
  it('depends on the entry and the organisation only', () => {
    fc.assert(
      fc.property(percent, entry, organisation, fc.constantFrom(...listActions), (share, id, by, action) => {
        const other = listOf(action, { share, title: 'Another', version: 7 });
        return isInForce(ofShare(share), id, by) === isInForce(other, id, by);
      }),
    );
  });

  it('only adds as it grows', () => {
    fc.assert(
      fc.property(percent, percent, entry, organisation, (one, other, id, by) => {
        const [less, more] = [ofShare(Math.min(one, other)), ofShare(Math.max(one, other))];
        return !isInForce(less, id, by) || isInForce(more, id, by);
      }),
    );
  });

  it('is everything at 100 and nothing at 0', () => {
    expect([inForce(100, 'platform'), inForce(0, 'platform')]).toEqual([10_000, 0]);
  });

  // Six standard deviations: an even hash fails once in 500 million.
  it.each([1, 10, 25, 50, 90])('covers about %i %% of 10 000 entries', (share) => {
    const deviation = Math.sqrt(10_000 * (share / 100) * (1 - share / 100));
    for (const by of ['platform', 'another', 'a-third']) {
      expect(Math.abs(inForce(share, by) - share * 100)).toBeLessThan(6 * deviation);
    }
  });

  it('covers other entries for another organisation', () => {
    const list = ofShare(50);
    const ids = Array.from({ length: 10_000 }, (_, at) => entryIdOf(`00000000-0000-0000-0000-${String(at).padStart(12, '0')}`));
    const same = ids.filter((id) => isInForce(list, id, 'platform') === isInForce(list, id, 'another')).length;
    // Independent: half of them agree, by chance.
    expect(Math.abs(same - 5_000)).toBeLessThan(6 * 50);
  });

  it('does not depend on the content: not on distance, orientation or bytes', () => {
    const distance = fc.integer({ min: 0, max: 16 });
    const turned = fc.constantFrom(...orientations);
    fc.assert(
      fc.property(percent, entry, organisation, distance, turned, (share, id, by, bits, orientation) => {
        const asked = { lists: mapOf(ofShare(share)), organisation: by, unscannable: null };
        const near = decide([candidate({ id, distance: bits, orientation })], asked).verdict;
        const exact = decide([byDigest('sha256', { id })], asked).verdict;
        return near === exact && (near === 'remove') === isInForce(ofShare(share), id, by);
      }),
    );
  });
});
