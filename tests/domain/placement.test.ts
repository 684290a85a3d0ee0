import { describe, expect, it } from 'vitest';
import { regions } from '../../native-free-workers/variants/regions.js';
import { liesAt, placementOf } from '../../src/domain/placement.js';
import { transformationOf } from '../../src/domain/transformation.js';
import { coveredShare, viewOf, wholeView } from '../../src/domain/view.js';
import { byDigest, candidate } from './candidates.js';

describe('the view of a variant', () => {
  it.each(regions.map(({ variant, margins }) => [variant, margins] as const))(
    '%s is what the hasher cuts out',
    (variant, cut) => {
      const { left, top, right, bottom } = viewOf(variant) ?? wholeView;
      for (const [ours, theirs] of [
        [left, cut.left],
        [top, cut.top],
        [1 - right, cut.right],
        [1 - bottom, cut.bottom],
      ] as const) {
        expect(ours).toBeCloseTo(theirs);
      }
    },
  );

  it('reaches beyond the picture where it was extended', () => {
    expect(viewOf('extended_left_20')).toEqual({ ...wholeView, left: -0.25 });
  });

  it.each(['keep_left', 'deborder', 'frame_2', 'region_other', 'crop_0', 'inner_200', 'extended_0', 'extended_left_100'])(
    'of %s is unknown',
    (variant) => {
      expect(viewOf(variant)).toBeUndefined();
    },
  );
});

describe('the placement of a query on an entry', () => {
  it('is a crop inside a crop', () => {
    const { left, right } = placementOf(candidate({ variant: 'crop_90', queryVariant: 'inner_97' })) ?? wholeView;
    expect(right - left).toBeCloseTo(0.9 / 0.97);
  });

  it('is a picture in a frame, where the query says where it lies', () => {
    const queryView = { left: 0.25, top: 0.1, right: 0.75, bottom: 0.6, tilt: 0 };
    const framed = candidate({ queryVariant: 'deborder', queryView });
    expect(transformationOf(framed, undefined)).toEqual({
      tilt: 0,
      crop: { left: 0, top: 0, right: 0, bottom: 0 },
      frame: { left: 0.25, top: 0.1, right: 0.25, bottom: 0.4 },
      agreeing: 1,
    });
  });

  it('adds the tilts of both pictures', () => {
    expect(placementOf(candidate({ variant: 'tilt_left_3' }))?.tilt).toBe(-3);
    expect(placementOf(candidate({ queryVariant: 'extended_tilt_right_4_5' }))?.tilt).toBe(4.5);
  });

  it('is one for all regions in their own places', () => {
    const placement = placementOf(candidate({ variant: 'region_centre', queryVariant: 'region_centre' })) ?? wholeView;
    expect(liesAt(placement, candidate())).toBe(true);
    expect(liesAt(placement, candidate({ variant: 'region_top_left', queryVariant: 'region_bottom_left' }))).toBe(false);
  });
});

describe('the transformation of a match', () => {
  it('is not told of equal hashes', () => {
    expect(transformationOf(byDigest('sha256'), undefined)).toBeNull();
  });

  it('names no crop where the variants do not say, but the share that agrees', () => {
    const queryView = { ...wholeView, right: 0.7 };
    const side = candidate({ variant: 'keep_left', queryVariant: 'keep_left', queryView });
    expect(transformationOf(side, undefined)).toEqual({ tilt: 0, crop: null, frame: null, agreeing: 0.7 });
  });
});

describe('the share that views cover together', () => {
  it('counts what they share once', () => {
    const half = { ...wholeView, right: 0.5 };
    expect(coveredShare([half, half])).toBe(0.5);
    expect(coveredShare([half, { ...wholeView, left: 0.5, bottom: 0.5 }])).toBe(0.75);
    expect(coveredShare([])).toBe(0);
  });
});
