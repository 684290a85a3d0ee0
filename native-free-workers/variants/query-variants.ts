/**
 * What is hashed of an image that is looked up, beside the whole: about 1 ms at 640x480. Each variant undoes one thing that people do to
 * pictures; bench/robustness says what each wins.
 */
import type { VariantHashes } from '../image-task.js';
import { hashFramedPictures } from './deborder.js';
import { possibleEdgeCrops } from './edge-crops.js';
import { findFramedPictures } from './frame-detection.js';
import { hashInsideMargins, type LoadedImage, loadAndHash, lumaPlaneOf } from './hash-part.js';
import { centredMargins } from './luma-plane.js';
import { regions } from './regions.js';
import { findSkew } from './skew-detection.js';
import { sampleTilted } from './tilted-rectangle.js';

/** Between the sizes that are enrolled, 5 % apart, so that a crop of any size is within 1.5 % of one of both (PDQ forgives 2 %). */
const innerShare = 0.97;

/**
 * Variants of a loaded image, without `full`; those too flat to say anything are left out. The kernel may hold something else afterwards. What is
 * both turned and cropped on one side, or turned and covered, is too rare for eight searches a part: those are hashed upright.
 */
export function queryVariants(image: LoadedImage): VariantHashes[] {
  const { kernel, width, height } = image;
  const plane = lumaPlaneOf(image);
  const frames = findFramedPictures(plane);
  const skew = findSkew(plane, width, height);
  // Sampled now: the next hash ends the view of the luma.
  const straight = skew && sampleTilted(plane, width, height, skew);
  const variants = [
    ...hashFramedPictures(kernel, frames, 'all'),
    hashInsideMargins(image, 'inner_97', centredMargins(innerShare), 'all'),
    ...possibleEdgeCrops(width, height).map(({ side, margins }) => hashInsideMargins(image, `keep_${side}`, margins, 'upright')),
    ...regions.map(({ variant, margins }) => hashInsideMargins(image, variant, margins, 'upright')),
    straight && loadAndHash(kernel, 'straight', straight, 'all'),
  ];
  return variants.filter((variant) => variant !== undefined);
}
