/**
 * Hashes that an entry stores beside the whole image. Index size matters more than time. bench/robustness shows what each variant
 * gains.
 */
import type { VariantHashes, VariantSet } from '../image-task.js';
import { hashFramedPictures } from './deborder.js';
import { edgeCrops } from './edge-crops.js';
import { findFramedPictures, isPlainFrame } from './frame-detection.js';
import { hashInsideMargins, type LoadedImage, loadAndHash, lumaPlaneOf } from './hash-part.js';
import { centredMargins } from './luma-plane.js';
import { regions } from './regions.js';
import { sampleTilted, straightenedCrop } from './tilted-rectangle.js';

/** The picture inside a letterbox or a border: the whole of what was meant. */
const plainVariant = 'deborder_plain';

interface Steps {
  /** Percent of both sides. A query hashes the whole and 97 %, which halves the number of steps. */
  readonly crops: readonly number[];
  /** Degrees, to both sides. PDQ tolerates half a degree, and of most pictures one. */
  readonly tilts: readonly number[];
  /** Per entry in the main index, including wholes. */
  readonly maxHashes: number;
}

/** `all` has half the step size of `default`, and gains less than one percentage point. */
const stepsOf: Readonly<Record<Exclude<VariantSet, 'none'>, Steps>> = {
  default: { crops: [95, 90, 85, 80], tilts: [1, 2, 3, 4, 5], maxHashes: 20 },
  all: { crops: [98, 95, 93, 90, 88, 85, 83, 80], tilts: [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5], maxHashes: 36 },
};

/** Dropped in this order. Tilts of 1, 3 and 5 degrees come last, because they find some copies between them too. */
const droppedFirst = [4, 2, 3, 1, 5].flatMap((degrees) => [`tilt_right_${degrees}`, `tilt_left_${degrees}`]);

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
  const isPlain = framed[0] !== undefined && isPlainFrame(plane, framed[0]);
  const tilted = tilts.flatMap((degrees) =>
    [degrees, -degrees].map((signed) => ({
      // Seen through a rectangle tilted right, the picture is tilted left.
      variant: `tilt_${signed > 0 ? 'left' : 'right'}_${String(degrees).replace('.', '_')}`,
      sampled: sampleTilted(plane, width, height, straightenedCrop(width, height, signed)),
    })),
  );
  const parts = [
    ...hashFramedPictures(image, framed, 'upright').map((hashes) => (isPlain ? { ...hashes, variant: plainVariant } : hashes)),
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
