/**
 * What is stored of an image that is enrolled, beside the whole: further hashes of the same entry, each under its variant's name. The image is
 * seen once and only once, so time matters less than what every hash costs in the index; bench/robustness says what each wins.
 */
import type { VariantHashes } from '../image-result.js';
import { keptSides } from './kept-sides.js';
import { hashInstead, hashWithin, type LoadedImage, planeOf } from './loaded-image.js';
import { inner } from './plane.js';
import { regions } from './regions.js';
import { keptByStraightening, sampleTurned } from './turned-window.js';

/** How many variants are enrolled. */
export const variantSets = ['none', 'default', 'all'] as const;
export type VariantSet = (typeof variantSets)[number];

interface Steps {
  /** Percent of both sides that centred crops keep. A copy is hashed whole and at 97 %, which halves the steps. */
  readonly crops: readonly number[];
  /** Degrees to both sides: PDQ forgives one. Smaller tilts are near enough to the whole or to the first crop. */
  readonly tilts: readonly number[];
}

/** `default`: 14 hashes beside the whole. `all`: 24, the same twice as fine, which wins less than a point. */
const stepsOf: Readonly<Record<Exclude<VariantSet, 'none'>, Steps>> = {
  default: { crops: [95, 90, 85, 80], tilts: [2, 3.5, 5] },
  all: { crops: [98, 95, 93, 90, 88, 85, 83, 80], tilts: [1, 2, 2.7, 3.5, 4.2, 5] },
};

/**
 * Variants of a loaded image, without `full`, turned and mirrored copies being found by the query's orientations: crops, tilts and kept sides for
 * the main index, and the regions (`region_...`) for theirs. Those that would say nothing are left out. About 15 ms; the kernel holds
 * something else afterwards.
 */
export function enrolmentVariants(image: LoadedImage, set: VariantSet): VariantHashes[] {
  if (set === 'none') return [];
  const { kernel, width, height } = image;
  const { crops, tilts } = stepsOf[set];
  const plane = planeOf(image);
  const tilted = tilts.flatMap((degrees) =>
    [degrees, -degrees].map((signed) => ({
      // Seen through a window that is turned to the right, the picture is turned to the left.
      variant: `tilt_${signed > 0 ? 'left' : 'right'}_${String(degrees).replace('.', '_')}`,
      sampled: sampleTurned(plane, width, height, keptByStraightening(width, height, signed)),
    })),
  );
  const variants = [
    ...crops.map((percent) => hashWithin(image, `crop_${percent}`, inner(percent / 100), 'upright')),
    ...keptSides(width, height).map(({ side, margins }) => hashWithin(image, `keep_${side}`, margins, 'upright')),
    ...regions.map(({ variant, margins }) => hashWithin(image, variant, margins, 'upright')),
    ...tilted.map(({ variant, sampled }) => hashInstead(kernel, variant, sampled, 'upright')),
  ];
  return variants.filter((variant) => variant !== undefined);
}
