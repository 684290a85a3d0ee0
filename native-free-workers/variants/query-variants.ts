/**
 * What is hashed of an image that is looked up, beside the whole: about 1 ms at 640x480. Each variant undoes one thing that people do to
 * pictures; bench/robustness says what each wins.
 */
import type { VariantHashes } from '../image-task.js';
import { hashFramed } from './deborder.js';
import { possibleEdgeCrops } from './edge-crops.js';
import { framedPictures } from './frame-detection.js';
import { hashInstead, hashWithin, type LoadedImage, planeOf } from './hash-part.js';
import { inner } from './luma-plane.js';
import { regions } from './regions.js';
import { findSkew } from './skew-detection.js';
import { sampleTurned } from './tilted-rectangle.js';

/** Between the sizes that are enrolled, 5 % apart, so that a crop of any size is within 1.5 % of one of both (PDQ forgives 2 %). */
const innerShare = 0.97;

/**
 * Variants of a loaded image, without `full`; those too flat to say anything are left out. The kernel may hold something else afterwards. What is
 * both turned and cropped on one side, or turned and covered, is too rare for eight searches a part: those are hashed upright.
 */
export function queryVariants(image: LoadedImage): VariantHashes[] {
  const { kernel, width, height } = image;
  const plane = planeOf(image);
  const frames = framedPictures(plane);
  const skew = findSkew(plane, width, height);
  // Sampled now: the next hash ends the view of the luma.
  const straight = skew && sampleTurned(plane, width, height, skew);
  const variants = [
    ...hashFramed(kernel, frames, 'all'),
    hashWithin(image, 'inner_97', inner(innerShare), 'all'),
    ...possibleEdgeCrops(width, height).map(({ side, margins }) => hashWithin(image, `keep_${side}`, margins, 'upright')),
    ...regions.map(({ variant, margins }) => hashWithin(image, variant, margins, 'upright')),
    straight && hashInstead(kernel, 'straight', straight, 'all'),
  ];
  return variants.filter((variant) => variant !== undefined);
}
