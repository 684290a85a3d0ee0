/**
 * Hashes of an image that is looked up, beside the whole: about 2.5 ms at 640x480. bench/robustness shows what each variant gains.
 */
import type { VariantHashes } from '../image-task.js';
import { hashFramedPictures } from './deborder.js';
import { possibleEdgeCrops } from './edge-crops.js';
import { extendedVariants, unbandedVariant } from './extended.js';
import { findFramedPictures } from './frame-detection.js';
import { hashInsideMargins, type LoadedImage, loadAndHash, lumaPlaneOf } from './hash-part.js';
import { centredMargins } from './luma-plane.js';
import { regions } from './regions.js';
import { findSkew } from './skew-detection.js';
import { innerPart, sampleTilted } from './tilted-rectangle.js';
import { viewInside, viewOfTilted, withView } from './views.js';

/** Enrolled crops are 5 % apart. So any crop is within 1.5 % of one of them, and PDQ tolerates 2 %. */
const innerShare = 0.97;

/**
 * Without `full` and degenerate variants. May replace the image in the kernel. Edge crops, regions and extended pictures are upright
 * only, because such copies are rarely rotated.
 */
export function queryVariants(image: LoadedImage): VariantHashes[] {
  const { kernel, width, height } = image;
  const plane = lumaPlaneOf(image);
  const frames = findFramedPictures(plane);
  const skew = findSkew(plane, width, height);
  // The next hash invalidates the view of the luma.
  const straight = skew && sampleTilted(plane, width, height, skew);
  const inner = skew && sampleTilted(plane, width, height, innerPart(skew));
  const variants = [
    ...hashFramedPictures(image, frames, 'all'),
    hashInsideMargins(image, 'inner_97', centredMargins(innerShare), 'all'),
    ...possibleEdgeCrops(width, height).map(({ side, margins }) =>
      withView(hashInsideMargins(image, `keep_${side}`, margins, 'upright'), viewInside(margins)),
    ),
    ...extendedVariants(image),
    frames[0] && unbandedVariant(image, frames[0]),
    ...regions.map(({ variant, margins }) => hashInsideMargins(image, variant, margins, 'upright')),
    straight && withView(loadAndHash(kernel, 'straight', straight, 'all'), viewOfTilted(skew, width, height)),
    inner && loadAndHash(kernel, 'straight_inner', inner, 'upright'),
  ];
  return variants.filter((variant) => variant !== undefined);
}
