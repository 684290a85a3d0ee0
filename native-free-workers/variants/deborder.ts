/** Hashes of the picture inside a frame, whether the image around it says something or nothing. */
import type { ImageKernel, Turns } from '../hashing/image-kernel.js';
import type { Area } from '../hashing/raster.js';
import type { VariantHashes } from '../image-task.js';
import { framedPictures } from './frame-detection.js';
import { hashPart, type LoadedImage, planeOf } from './hash-part.js';

/**
 * Of all samples, in two tones, of what may be a picture on a page that says nothing. A disc, a star or a letter cut out of its page has 93 to 97 %,
 * photographs there 13 to 20 %; the whole of a page may have 96 %, because a photograph at a fifth of its width leaves that.
 */
const twoToneShareOnPage = 0.85;

/** `deborder` and `deborder_2`, for those of `areas` that say something. */
export function hashFramed(kernel: ImageKernel, areas: readonly Area[], turns: Turns, twoToneShare?: number): VariantHashes[] {
  const variants = areas.map((area, at) =>
    hashPart(kernel, at === 0 ? 'deborder' : `deborder_${at + 1}`, area, turns, twoToneShare),
  );
  return variants.filter((variant) => variant !== undefined);
}

/**
 * All that is hashed of a loaded image whose whole says nothing, be it enrolled or looked up: the picture on a flat page. Crops, tilts, kept sides and
 * regions of stripes and chessboards are stripes and chessboards, of which a tilted one no longer looks like a mixture of few rows.
 */
export function variantsOnFlat(image: LoadedImage, turns: Turns): VariantHashes[] {
  return hashFramed(image.kernel, framedPictures(planeOf(image)), turns, twoToneShareOnPage);
}
