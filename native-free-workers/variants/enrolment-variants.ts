/**
 * What is stored of an image that is enrolled, beside the whole: further hashes of the same entry, each under its variant's name. The image is
 * seen once and only once, so time matters less than what every hash costs in the index; bench/robustness says what each wins.
 */
import type { VariantHashes, VariantSet } from '../image-task.js';
import { hashFramedPictures } from './deborder.js';
import { edgeCrops } from './edge-crops.js';
import { findFramedPictures } from './frame-detection.js';
import { hashInsideMargins, type LoadedImage, loadAndHash, lumaPlaneOf } from './hash-part.js';
import { centredMargins } from './luma-plane.js';
import { regions } from './regions.js';
import { sampleTilted, straightenedCrop } from './tilted-rectangle.js';

interface Steps {
  /** Percent of both sides that centred crops keep. A copy is hashed whole and at 97 %, which halves the steps. */
  readonly crops: readonly number[];
  /** Degrees to both sides: PDQ forgives one. Smaller tilts are near enough to the whole or to the first crop. */
  readonly tilts: readonly number[];
  /** Hashes of an entry in the main index, with the whole, later frames and all else that was hashed before. */
  readonly maxHashes: number;
}

/** `default`: 14 hashes beside the whole, one more of a framed picture. `all`: 24, the same twice as fine, which wins less than a point. */
const stepsOf: Readonly<Record<Exclude<VariantSet, 'none'>, Steps>> = {
  default: { crops: [95, 90, 85, 80], tilts: [2, 3.5, 5], maxHashes: 16 },
  all: { crops: [98, 95, 93, 90, 88, 85, 83, 80], tilts: [1, 2, 2.7, 3.5, 4.2, 5], maxHashes: 32 },
};

/** What is left out first where there would be too many: what wins least by the efficient edge of BENCH.md, last of all first. */
const droppedFirst = ['tilt_right_3_5', 'tilt_right_2', 'tilt_left_3_5', 'tilt_right_5', 'tilt_left_5', 'tilt_left_2'];

/**
 * Variants of a loaded image, without `full`, turned and mirrored copies being found by the query's orientations: the picture inside a frame, crops,
 * tilts and kept sides for the main index, which has `others` of the entry already, and the regions (`region_...`) for theirs. Those that would say
 * nothing are left out. About 15 ms; the kernel holds something else afterwards.
 */
export function enrolmentVariants(image: LoadedImage, set: VariantSet, alreadyHashed = 1): VariantHashes[] {
  if (set === 'none') return [];
  const { kernel, width, height } = image;
  const { crops, tilts, maxHashes } = stepsOf[set];
  const plane = lumaPlaneOf(image);
  // A copy without the frame has none to be recognised by. The second guess is the query's alone.
  const framed = findFramedPictures(plane).slice(0, 1);
  const tilted = tilts.flatMap((degrees) =>
    [degrees, -degrees].map((signed) => ({
      // Seen through a window that is turned to the right, the picture is turned to the left.
      variant: `tilt_${signed > 0 ? 'left' : 'right'}_${String(degrees).replace('.', '_')}`,
      sampled: sampleTilted(plane, width, height, straightenedCrop(width, height, signed)),
    })),
  );
  const parts = [
    ...hashFramedPictures(kernel, framed, 'upright'),
    ...crops.map((percent) => hashInsideMargins(image, `crop_${percent}`, centredMargins(percent / 100), 'upright')),
    ...edgeCrops(width, height).map(({ side, margins }) => hashInsideMargins(image, `keep_${side}`, margins, 'upright')),
  ];
  const ofRegions = regions.map(({ variant, margins }) => hashInsideMargins(image, variant, margins, 'upright'));
  const ofTilts = tilted.map(({ variant, sampled }) => loadAndHash(kernel, variant, sampled, 'upright'));
  const informative = [...parts, ...ofTilts].filter((variant) => variant !== undefined);
  return [
    ...withoutSurplus(informative, alreadyHashed + informative.length - maxHashes),
    ...ofRegions.filter((region) => region !== undefined),
  ];
}

function withoutSurplus(variants: readonly VariantHashes[], surplus: number): VariantHashes[] {
  const present = droppedFirst.filter((name) => variants.some(({ variant }) => variant === name));
  const left = new Set(present.slice(0, Math.max(0, surplus)));
  return variants.filter(({ variant }) => !left.has(variant));
}
