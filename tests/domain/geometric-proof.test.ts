import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/verdict.js';
import { byBlockhash, type CandidateChanges, candidate, decide, everyList } from './candidates.js';

/** The wholes as they stand, which a closer look compares however far apart they are. */
const asTheyStand = (distance: number, changes: CandidateChanges = {}) => candidate({ distance, ...changes });
const asked = (queryVariant: string, distance: number, changes: CandidateChanges = {}) =>
  candidate({ queryVariant, distance, ...changes });
const part = (variant: string, changes: CandidateChanges = {}) =>
  candidate({ variant, queryVariant: variant, distance: 4, ...changes });
const regions = (...names: readonly string[]) => names.map((name) => part(`region_${name}`));

const verdictOn = (...candidates: readonly Candidate[]) => decide(candidates, everyList, null).verdict;

describe('a crop that is undone', () => {
  it('removes if the pictures are much more alike than as they stand', () => {
    expect(verdictOn(asked('extended_90', 28), asTheyStand(86))).toBe('remove');
  });

  it('holds if they are hardly more alike', () => {
    expect(verdictOn(asked('extended_90', 28), asTheyStand(39))).toBe('hold_for_review');
  });

  it('holds if nobody compared them as they stand', () => {
    expect(verdictOn(asked('extended_90', 28))).toBe('hold_for_review');
  });

  it('removes by a crop that the entry stores', () => {
    expect(verdictOn(candidate({ variant: 'crop_90', distance: 28 }), asTheyStand(86))).toBe('remove');
  });

  it('is proven only in its own orientation and tone', () => {
    expect(verdictOn(asked('extended_90', 28), asTheyStand(86, { orientation: 'flip_y' }))).toBe('hold_for_review');
    expect(verdictOn(asked('extended_90', 28), asTheyStand(86, { negative: true }))).toBe('hold_for_review');
  });

  it('says what is cut off, and that the match is corroborated', () => {
    const { matches } = decide([asked('extended_left_20', 28), asTheyStand(86)], everyList, null);
    expect(matches).toMatchObject([
      { corroborated: true, transformation: { tilt: 0, crop: { left: 0.2, top: 0, right: 0, bottom: 0 }, agreeing: 1 } },
    ]);
  });
});

describe('a side that was cut off', () => {
  const cut = [asked('extended_left_15', 44), asTheyStand(110)];

  it('removes if the other side agrees', () => {
    expect(verdictOn(part('keep_right'), ...cut)).toBe('remove');
  });

  it('holds if another side agrees', () => {
    expect(verdictOn(part('keep_top'), ...cut)).toBe('hold_for_review');
  });

  it('holds if the entry has a frame, because the side may be its caption', () => {
    const inner = candidate({ variant: 'deborder', distance: 0, queryVariant: 'keep_bottom' });
    expect(verdictOn(part('keep_right'), inner, ...cut)).toBe('hold_for_review');
  });
});

describe('a picture under a band', () => {
  const covered = [asked('unbanded', 40), asTheyStand(60)];

  it('removes if half of it agrees', () => {
    expect(verdictOn(...regions('top_left', 'top_right'), ...covered)).toBe('remove');
  });

  it('holds if less agrees', () => {
    expect(verdictOn(...regions('upper_centre', 'top_left'), ...covered)).toBe('hold_for_review');
  });

  it('holds if the entry also has a band', () => {
    const inner = candidate({ variant: 'deborder', queryVariant: 'deborder', distance: 0 });
    expect(verdictOn(inner, ...regions('top_left', 'top_right'), ...covered)).toBe('hold_for_review');
  });
});

describe('a picture under a narrow band', () => {
  const above = [...regions('top_left', 'top_right', 'middle_half'), part('keep_top')];

  it('removes if three quarters of it agree and it is nearer without the band', () => {
    expect(verdictOn(...above, asked('unbanded', 34), asTheyStand(38))).toBe('remove');
  });

  it('holds if the picture without the band is not nearer', () => {
    expect(verdictOn(...above, asked('unbanded', 38), asTheyStand(38))).toBe('hold_for_review');
  });

  it('holds if less of it agrees', () => {
    const half = regions('top_left', 'top_right');
    expect(verdictOn(...half, asked('unbanded', 34), asTheyStand(38))).toBe('hold_for_review');
  });
});

describe('a picture under a sticker', () => {
  it('removes if all regions but those in one corner agree', () => {
    const others = regions('top_left', 'top_right', 'bottom_left', 'left_third', 'lower_centre', 'middle_half');
    expect(verdictOn(...others, asTheyStand(44))).toBe('remove');
  });

  it('holds if three quarters agree, as in two pictures that share those', () => {
    expect(verdictOn(...regions('top_left', 'top_right', 'bottom_left'), asTheyStand(44))).toBe('hold_for_review');
  });

  it('holds if the wholes are far apart', () => {
    const all = regions('top_left', 'top_right', 'bottom_left', 'bottom_right');
    expect(verdictOn(...all, asTheyStand(70))).toBe('hold_for_review');
  });
});

describe('the picture in a letterbox of an entry', () => {
  it('is what was meant, so it removes', () => {
    expect(verdictOn(candidate({ variant: 'deborder_plain', distance: 4 }))).toBe('remove');
  });
});

describe('the picture in the frame of an entry', () => {
  it.each(['full', 'deborder'])('holds, also if %s of the query is equal', (queryVariant) => {
    expect(verdictOn(candidate({ variant: 'deborder', queryVariant, distance: 0 }))).toBe('hold_for_review');
  });

  it('is not the entry, even if a blockhash agrees, which a caption hardly moves', () => {
    const inner = candidate({ variant: 'deborder', queryVariant: 'deborder', distance: 0 });
    expect(verdictOn(inner, asTheyStand(28), byBlockhash({ distance: 4 }))).toBe('hold_for_review');
  });
});

describe('two pictures whose wholes are near', () => {
  it('hold if the parts in a fifth of their area differ', () => {
    const shared = regions('top_left', 'top_right', 'left_third', 'upper_centre');
    expect(verdictOn(...shared, asTheyStand(16))).toBe('hold_for_review');
  });

  it('hold if three parts are equal and a blockhash agrees, but the wholes are far apart', () => {
    const equal = regions('top_left', 'top_right', 'upper_centre').map((one) => ({ ...one, distance: 0 }));
    expect(verdictOn(...equal, asTheyStand(28), byBlockhash())).toBe('hold_for_review');
    expect(verdictOn(...equal, asTheyStand(22), byBlockhash())).toBe('remove');
  });

  it('are removed if all parts agree, or none was compared', () => {
    const all = regions('top_left', 'top_right', 'bottom_left', 'bottom_right');
    expect(verdictOn(...all, asTheyStand(16))).toBe('remove');
    expect(verdictOn(asTheyStand(16))).toBe('remove');
  });
});

describe('a match beyond the thresholds of its list', () => {
  const far = candidate({ distance: 40, mayHold: true });

  it('holds and never removes', () => {
    expect(verdictOn(far)).toBe('hold_for_review');
    expect(verdictOn(far, byBlockhash())).toBe('hold_for_review');
  });

  it('holds beside a blockhash that is too weak alone', () => {
    expect(verdictOn(far, byBlockhash({ distance: 22, orientation: 'flip_y' }))).toBe('hold_for_review');
  });

  it('is told as far', () => {
    expect(decide([far], everyList, null).matches).toMatchObject([{ band: 'far', distance: 40, threshold: 31 }]);
  });

  it('means nothing if no radius of its list allows it', () => {
    expect(verdictOn(candidate({ distance: 40 }))).toBe('no_known_match');
  });

  it('hides nothing', () => {
    const known = candidate({ list: 'suppress', distance: 40, mayHold: true });
    expect(verdictOn(known, candidate({ list: 'hold_for_review', distance: 30 }))).toBe('hold_for_review');
  });
});
