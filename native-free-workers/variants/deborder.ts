import type { HashedOrientations } from '../hashing/image-kernel.js';
import type { Area } from '../hashing/raster.js';
import type { VariantHashes } from '../image-task.js';
import { findFramedPictures } from './frame-detection.js';
import { hashPart, type LoadedImage, lumaPlaneOf } from './hash-part.js';
import { viewOfArea, withView } from './views.js';

/**
 * On a flat page, a disc, a star or a letter has 93 to 97 %, a photograph 13 to 20 %. A whole page with a small photograph may
 * have 96 %.
 */
const maxTwoToneShareOnPage = 0.85;

export function hashFramedPictures(
  { kernel, raster }: LoadedImage,
  areas: readonly Area[],
  orientations: HashedOrientations,
  maxTwoToneShare?: number,
): VariantHashes[] {
  const variants = areas.map((area, at) => {
    const variant = at === 0 ? 'deborder' : `deborder_${at + 1}`;
    return withView(hashPart(kernel, variant, area, orientations, maxTwoToneShare), viewOfArea(area, raster));
  });
  return variants.filter((variant) => variant !== undefined);
}

/** Other variants would mislead: a tilt of stripes no longer counts as degenerate. */
export function flatImageVariants(image: LoadedImage, orientations: HashedOrientations): VariantHashes[] {
  return hashFramedPictures(image, findFramedPictures(lumaPlaneOf(image)), orientations, maxTwoToneShareOnPage);
}
