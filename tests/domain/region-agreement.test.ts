import { describe, expect, it } from 'vitest';
import { withoutLoneRegions } from '../../src/domain/region-agreement.js';
import { byBlockhash, type CandidateChanges, candidate, decide, everyList } from './candidates.js';

/** A region of the query that looks like the same region of the entry. */
function region(name: string, changes: CandidateChanges = {}) {
  const variant = `region_${name}`;
  return candidate({ variant, queryVariant: variant, distance: 3, ...changes });
}

const verdictOn = (...candidates: ReturnType<typeof candidate>[]) => decide(candidates, everyList, null);

describe('withoutLoneRegions', () => {
  it('keeps two regions of one entry in their own places', () => {
    const two = [region('top_left'), region('bottom_right')];
    expect(withoutLoneRegions(two)).toEqual(two);
  });

  it('drops a region that is alone', () => {
    expect(withoutLoneRegions([region('top_left')])).toEqual([]);
  });

  it('does not count one region twice', () => {
    expect(withoutLoneRegions([region('top_left'), region('top_left', { distance: 9 })])).toEqual([]);
  });

  it('drops regions that lie elsewhere in the query', () => {
    const moved = region('top_left', { queryVariant: 'region_bottom_left' });
    expect(withoutLoneRegions([moved, region('top_left')])).toEqual([]);
  });

  it('drops two regions that are turned differently', () => {
    expect(withoutLoneRegions([region('top_left'), region('centre', { orientation: 'flip_y' })])).toEqual([]);
    expect(withoutLoneRegions([region('top_left'), region('centre', { negative: true })])).toEqual([]);
  });

  it('leaves everything else alone', () => {
    const others = [candidate(), candidate({ variant: 'crop_90' }), candidate({ algorithm: 'blockhash' })];
    expect(withoutLoneRegions(others)).toEqual(others);
  });
});

describe('decide, on regions', () => {
  it('finds nothing by one region', () => {
    expect(verdictOn(region('top_left')).verdict).toBe('no_known_match');
  });

  it('finds nothing by one region of each of two entries', () => {
    expect(verdictOn(region('top_left', { id: 'one' }), region('centre', { id: 'other' })).verdict).toBe('no_known_match');
  });

  it('does not count a region past the threshold', () => {
    expect(verdictOn(region('top_left'), region('centre', { distance: 32 })).verdict).toBe('no_known_match');
  });

  it('holds an image that two regions recognise, however near, and names the nearest', () => {
    const { verdict, matches } = verdictOn(region('top_left', { distance: 5 }), region('centre', { distance: 0 }));
    expect(verdict).toBe('hold_for_review');
    expect(matches).toMatchObject([{ matchType: 'near', variant: 'region_centre', distance: 0 }]);
  });

  it('removes where the whole image agrees', () => {
    expect(verdictOn(region('top_left'), region('centre'), candidate({ distance: 12 })).verdict).toBe('remove');
  });
});

describe('decide, on the same side of query and entry', () => {
  const half = candidate({ variant: 'keep_top', queryVariant: 'keep_top', distance: 0 });

  it('holds an image that one side recognises, however near, and names the side', () => {
    const { verdict, matches } = verdictOn(half);
    expect(verdict).toBe('hold_for_review');
    expect(matches).toMatchObject([{ matchType: 'near', variant: 'keep_top', distance: 0 }]);
  });

  it('holds an image that several sides, regions and a blockhash recognise', () => {
    const other = candidate({ variant: 'keep_left', queryVariant: 'keep_left', distance: 2 });
    expect(verdictOn(half, other, region('top_left'), region('centre'), byBlockhash()).verdict).toBe('hold_for_review');
  });

  it.each(['full', 'frame_2', 'crop_90', 'tilt_left_2'])('removes where %s agrees', (variant) => {
    expect(verdictOn(half, candidate({ variant, distance: 12 })).verdict).toBe('remove');
  });

  it.each([
    ['the whole of the entry', { variant: 'full', queryVariant: 'keep_top' }],
    ['the whole of the query', { variant: 'keep_top', queryVariant: 'full' }],
    ['most of the query', { variant: 'keep_top', queryVariant: 'inner_97' }],
  ])('removes where %s is seen in a part of the other', (_, variants) => {
    expect(verdictOn(candidate(variants)).verdict).toBe('remove');
  });
});

describe('decide, on variants', () => {
  it('shows the whole image before a part that is nearer', () => {
    expect(verdictOn(candidate({ variant: 'keep_left', distance: 2 }), candidate({ distance: 6 })).matches).toMatchObject([
      { variant: 'full', distance: 6 },
    ]);
  });

  it('does not let a part of known-good content hide a match', () => {
    const held = candidate({ list: 'hold_for_review', distance: 20 });
    expect(verdictOn(held, candidate({ list: 'suppress', distance: 2 })).verdict).toBe('suppressed');
    expect(verdictOn(held, candidate({ list: 'suppress', distance: 2, variant: 'crop_90' })).verdict).toBe('hold_for_review');
  });

  it('marks a negative', () => {
    expect(verdictOn(candidate({ negative: true })).matches).toMatchObject([{ negative: true }]);
  });
});
