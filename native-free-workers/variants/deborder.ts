/** Hashes of the picture inside a frame. */
import type { HashedOrientations, ImageKernel } from '../hashing/image-kernel.js';
import type { Area } from '../hashing/raster.js';
import type { VariantHashes } from '../image-task.js';
import { findFramedPictures } from './frame-detection.js';
import { hashPart, type LoadedImage, lumaPlaneOf } from './hash-part.js';

/**
 * Limit for a part of a flat page. A disc, a star or a letter has 93 to 97 % of its samples in two tones, a photograph 13 to 20 %. The limit
 * for whole pages is higher, because a page with a photograph of a fifth of its width has 96 %.
 */
const maxTwoToneShareOnPage = 0.85;

/** Variants `deborder` and `deborder_2`, without degenerate ones. */
export function hashFramedPictures(
  kernel: ImageKernel,
  areas: readonly Area[],
  orientations: HashedOrientations,
  maxTwoToneShare?: number,
): VariantHashes[] {
  const variants = areas.map((area, at) =>
    hashPart(kernel, at === 0 ? 'deborder' : `deborder_${at + 1}`, area, orientations, maxTwoToneShare),
  );
  return variants.filter((variant) => variant !== undefined);
}

/**
 * The only variants of a flat image: the pictures on a flat page. Crops and tilts of stripes are still stripes, but a tilted one no longer
 * counts as degenerate.
 */
export function flatImageVariants(image: LoadedImage, orientations: HashedOrientations): VariantHashes[] {
  return hashFramedPictures(image.kernel, findFramedPictures(lumaPlaneOf(image)), orientations, maxTwoToneShareOnPage);
}
