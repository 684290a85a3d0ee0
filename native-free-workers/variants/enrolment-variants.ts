/**
 * What is stored of an image that is enrolled, beside the whole: further hashes of the same entry, each under its variant's name. The image is
 * seen once and only once, so time matters less than what every hash costs in the index; bench/robustness says what each wins.
 */
import type { VariantHashes } from '../image-task.js';
import { hashFramed } from './deborder.js';
import { edgeCrops } from './edge-crops.js';
import { framedPictures } from './frame-detection.js';
import { hashInstead, hashWithin, type LoadedImage, planeOf } from './hash-part.js';
import { inner } from './luma-plane.js';
import { regions } from './regions.js';
import { keptByStraightening, sampleTurned } from './tilted-rectangle.js';

/** How many variants are enrolled. */
export const variantSets = ['none', 'default', 'all'] as const;
export type VariantSet = (typeof variantSets)[number];

interface Steps {
  /** Percent of both sides that centred crops keep. A copy is hashed whole and at 97 %, which halves the steps. */
  readonly crops: readonly number[];
  /** Degrees to both sides: PDQ forgives one. Smaller tilts are near enough to the whole or to the first crop. */
  readonly tilts: readonly number[];
  /** Hashes of an entry in the main index, with the whole, later frames and all else that was hashed before. */
  readonly most: number;
}

/** `default`: 14 hashes beside the whole, one more of a framed picture. `all`: 24, the same twice as fine, which wins less than a point. */
const stepsOf: Readonly<Record<Exclude<VariantSet, 'none'>, Steps>> = {
  default: { crops: [95, 90, 85, 80], tilts: [2, 3.5, 5], most: 16 },
  all: { crops: [98, 95, 93, 90, 88, 85, 83, 80], tilts: [1, 2, 2.7, 3.5, 4.2, 5], most: 32 },
};

/** What is left out first where there would be too many: what wins least by the efficient edge of BENCH.md, last of all first. */
const minUseful = ['tilt_right_3_5', 'tilt_right_2', 'tilt_left_3_5', 'tilt_right_5', 'tilt_left_5', 'tilt_left_2'];

/**
 * Variants of a loaded image, without `full`, turned and mirrored copies being found by the query's orientations: the picture inside a frame, crops,
 * tilts and kept sides for the main index, which has `others` of the entry already, and the regions (`region_...`) for theirs. Those that would say
 * nothing are left out. About 15 ms; the kernel holds something else afterwards.
 */
export function enrolmentVariants(image: LoadedImage, set: VariantSet, others = 1): VariantHashes[] {
  if (set === 'none') return [];
  const { kernel, width, height } = image;
  const { crops, tilts, most } = stepsOf[set];
  const plane = planeOf(image);
  // A copy without the frame has none to be recognised by. The second guess is the query's alone.
  const framed = framedPictures(plane).slice(0, 1);
  const tilted = tilts.flatMap((degrees) =>
    [degrees, -degrees].map((signed) => ({
      // Seen through a window that is turned to the right, the picture is turned to the left.
      variant: `tilt_${signed > 0 ? 'left' : 'right'}_${String(degrees).replace('.', '_')}`,
      sampled: sampleTurned(plane, width, height, keptByStraightening(width, height, signed)),
    })),
  );
  const parts = [
    ...hashFramed(kernel, framed, 'upright'),
    ...crops.map((percent) => hashWithin(image, `crop_${percent}`, inner(percent / 100), 'upright')),
    ...edgeCrops(width, height).map(({ side, margins }) => hashWithin(image, `keep_${side}`, margins, 'upright')),
  ];
  const ofRegions = regions.map(({ variant, margins }) => hashWithin(image, variant, margins, 'upright'));
  const ofTilts = tilted.map(({ variant, sampled }) => hashInstead(kernel, variant, sampled, 'upright'));
  const disclosure = [...parts, ...ofTilts].filter((variant) => variant !== undefined);
  return [
    ...withoutSurplus(disclosure, others + disclosure.length - most),
    ...ofRegions.filter((region) => region !== undefined),
  ];
}

function withoutSurplus(variants: readonly VariantHashes[], surplus: number): VariantHashes[] {
  const present = minUseful.filter((name) => variants.some(({ variant }) => variant === name));
  const left = new Set(present.slice(0, Math.max(0, surplus)));
  return variants.filter(({ variant }) => !left.has(variant));
}
