/**
 * Hashes that an entry stores beside the whole image. Index size matters more than time. bench/robustness shows what each variant
 * gains.
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
  /** Percent of both sides. A query hashes the whole and 97 %, which halves the number of steps. */
  readonly crops: readonly number[];
  /** Degrees, to both sides. PDQ tolerates one degree. */
  readonly tilts: readonly number[];
  /** Per entry in the main index, including wholes. */
  readonly maxHashes: number;
}

/** `all` has half the step size of `default`, and gains less than one percentage point. */
const stepsOf: Readonly<Record<Exclude<VariantSet, 'none'>, Steps>> = {
  default: { crops: [95, 90, 85, 80], tilts: [2, 3.5, 5], maxHashes: 16 },
  all: { crops: [98, 95, 93, 90, 88, 85, 83, 80], tilts: [1, 2, 2.7, 3.5, 4.2, 5], maxHashes: 32 },
};

/** Dropped in this order: the smallest gain in BENCH.md comes first. */
const droppedFirst = ['tilt_right_3_5', 'tilt_right_2', 'tilt_left_3_5', 'tilt_right_5', 'tilt_left_5', 'tilt_left_2'];

/**
 * Without `full` and degenerate variants; upright, because queries ask in all orientations. Regions have their own index;
 * `alreadyHashed` counts towards the maximum of the main one. About 15 ms. Replaces the image in the kernel.
 */
export function enrolmentVariants(image: LoadedImage, set: VariantSet, alreadyHashed = 1): VariantHashes[] {
  if (set === 'none') return [];
  const { kernel, width, height } = image;
  const { crops, tilts, maxHashes } = stepsOf[set];
  const plane = lumaPlaneOf(image);
  // The query also tries the second guess.
  const framed = findFramedPictures(plane).slice(0, 1);
  const tilted = tilts.flatMap((degrees) =>
    [degrees, -degrees].map((signed) => ({
      // Seen through a rectangle tilted right, the picture is tilted left.
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
