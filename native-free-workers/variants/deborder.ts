/** Hashes of the picture inside a frame, whether the image around it says something or nothing. */
import type { HashedOrientations, ImageKernel } from '../hashing/image-kernel.js';
import type { Area } from '../hashing/raster.js';
import type { VariantHashes } from '../image-task.js';
import { findFramedPictures } from './frame-detection.js';
import { hashPart, type LoadedImage, lumaPlaneOf } from './hash-part.js';

/**
 * Of all samples, in two tones, of what may be a picture on a page that says nothing. A disc, a star or a letter cut out of its page has 93 to 97 %,
 * photographs there 13 to 20 %; the whole of a page may have 96 %, because a photograph at a fifth of its width leaves that.
 */
const maxTwoToneShareOnPage = 0.85;

/** `deborder` and `deborder_2`, for those of `areas` that say something. */
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
 * All that is hashed of a loaded image whose whole says nothing, be it enrolled or looked up: the picture on a flat page. Crops, tilts, kept sides and
 * regions of stripes and chessboards are stripes and chessboards, of which a tilted one no longer looks like a mixture of few rows.
 */
export function flatImageVariants(image: LoadedImage, orientations: HashedOrientations): VariantHashes[] {
  return hashFramedPictures(image.kernel, findFramedPictures(lumaPlaneOf(image)), orientations, maxTwoToneShareOnPage);
}
