/** Which part of a picture a variant shows. */

/**
 * Shares of the width and height, from the upper left corner. Below 0 and above 1 lies what a crop cut off. `tilt`: how far the picture
 * was turned before, in degrees, clockwise.
 */
export interface View {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly tilt: number;
}

export const wholeView: View = { left: 0, top: 0, right: 1, bottom: 1, tilt: 0 };

const third = 1 / 3;

/** The same as in native-free-workers/variants/regions.ts; a test compares them. */
const regionViews: Readonly<Record<string, View>> = {
  region_left_third: { ...wholeView, right: third },
  region_right_third: { ...wholeView, left: 2 * third },
  region_top_left: { ...wholeView, right: 0.5, bottom: 0.5 },
  region_top_right: { ...wholeView, left: 0.5, bottom: 0.5 },
  region_upper_centre: { ...wholeView, left: 0.25, right: 0.75, bottom: 0.5 },
  region_bottom_left: { ...wholeView, top: 0.5, right: 0.5 },
  region_bottom_right: { ...wholeView, left: 0.5, top: 0.5 },
  region_lower_centre: { ...wholeView, left: 0.25, top: 0.5, right: 0.75 },
  region_centre: { left: 0.25, top: 0.25, right: 0.75, bottom: 0.75, tilt: 0 },
  region_middle_half: { ...wholeView, top: 0.25, bottom: 0.75 },
  region_middle_third: { ...wholeView, top: third, bottom: 2 * third },
};

const known = new Map<string, View | undefined>();

/** Undefined if it depends on the picture: its edges, its frame, another frame of an animation. */
export function viewOf(variant: string): View | undefined {
  if (known.has(variant)) return known.get(variant);
  const view = findView(variant);
  // Variants have a few hundred names, but callers may send others.
  if (known.size < 1_000) known.set(variant, view);
  return view;
}

// Callers choose these names. Shares from half of a side up keep every view a rectangle.
const centre = /^(?:crop|inner)_([5-9]\d)$/;
const extended = /^extended_([5-9]\d)$/;
const extendedSide = /^extended_(left|right|top|bottom)_([1-4]?\d)$/;
const tilted = /^(extended_)?tilt_(left|right)_(\d)(?:_(\d))?$/;
/** An entry's tilts show about nine tenths of each side, at most. A query's show the reverse. */
const tiltedShare = 0.9;

function findView(variant: string): View | undefined {
  if (variant === 'full' || variant === 'unbanded') return wholeView;
  const share = centre.exec(variant)?.[1];
  if (share) return centredView(Number(share) / 100);
  const kept = extended.exec(variant)?.[1];
  if (kept) return centredView(100 / Number(kept));
  const [, side, cut] = extendedSide.exec(variant) ?? [];
  if (side && cut) return beyond(side, 1 / (1 - Number(cut) / 100) - 1);
  const [, ofQuery, way, degrees, tenth = '0'] = tilted.exec(variant) ?? [];
  if (!way || !degrees) return regionViews[variant];
  const tilt = (way === 'right' ? 1 : -1) * Number(`${degrees}.${tenth}`);
  return { ...centredView(ofQuery ? 1 / tiltedShare : tiltedShare), tilt };
}

function centredView(share: number): View {
  const margin = (1 - share) / 2;
  return { left: margin, top: margin, right: 1 - margin, bottom: 1 - margin, tilt: 0 };
}

function beyond(side: string, share: number): View {
  const at = side === 'left' || side === 'top' ? -share : 1 + share;
  return { ...wholeView, [side]: at };
}

/** Cells per side, a multiple of the quarters and thirds of the regions. */
const cells = 24;

/** The share of the unit square that the views cover together. */
export function coveredShare(views: readonly View[]): number {
  let covered = 0;
  for (let row = 0; row < cells; row++) {
    for (let column = 0; column < cells; column++) {
      const [x, y] = [(column + 0.5) / cells, (row + 0.5) / cells];
      if (views.some(({ left, top, right, bottom }) => x > left && x < right && y > top && y < bottom)) covered++;
    }
  }
  return covered / cells ** 2;
}
