/**
 * Fixed parts of an image that are hashed one by one, so that what covers one of them (a sticker, a band of text) leaves the others.
 *
 * The same parts of picture and copy are compared: a region says nothing alone, and two of them that match in their own places say that the
 * rest was covered (src/domain/region-agreement.ts).
 */
import type { Margins } from './luma-plane.js';

const third = 1 / 3;
const quarter = 1 / 4;

/**
 * In shares cut off left, top, right and bottom. Chosen by greedy gain over the robustness suite out of 21 halves, thirds, quarters and centres:
 * these 11 recover 98 % of what all of them do. Halves add nothing to their quarters. Those of the same rows follow each other: the kernel filters
 * rows once for all of them.
 */
const cuts = {
  left_third: [0, 0, 2 * third, 0],
  right_third: [2 * third, 0, 0, 0],
  top_left: [0, 0, 0.5, 0.5],
  top_right: [0.5, 0, 0, 0.5],
  upper_centre: [quarter, 0, quarter, 0.5],
  bottom_left: [0, 0.5, 0.5, 0],
  bottom_right: [0.5, 0.5, 0, 0],
  lower_centre: [quarter, 0.5, quarter, 0],
  centre: [quarter, quarter, quarter, quarter],
  middle_half: [0, quarter, 0, quarter],
  middle_third: [0, third, 0, third],
} as const satisfies Record<string, readonly [number, number, number, number]>;

export interface Region {
  /** `region_` and its name. */
  readonly variant: string;
  readonly margins: Margins;
}

export const regions: readonly Region[] = Object.entries(cuts).map(([name, [left, top, right, bottom]]) => ({
  variant: `region_${name}`,
  margins: { left, top, right, bottom },
}));
