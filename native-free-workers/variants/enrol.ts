/**
 * What is stored of an image that is enrolled, beside the whole: further hashes of the same entry, each under its variant's name. The image is
 * seen once and only once, so time matters less than what every hash costs in the index; bench/robustness says what each wins.
 */
import type { VariantHashes } from '../image-result.js';
import type { PdqHashes } from '../pdq.js';
import { keptSides } from './kept-sides.js';
import type { LoadedImage } from './loaded-image.js';
import { areaWithin, inner, type Margins } from './plane.js';
import { regions } from './regions.js';
import { keptByStraightening, sampleTurned } from './turned-window.js';

/** Percent of both sides that centred crops keep. A copy is hashed whole and at 97 %, which doubles these steps. */
const crops = [95, 90, 85, 80];
/** Degrees to both sides: PDQ forgives one. Smaller tilts are near enough to the whole or to the first crop. */
const tilts = [2, 3.5, 5];

/**
 * Variants of the image in `holder`, without `full`: 14 for the main index and the regions (`region_...`) for theirs. Parts too flat to hash
 * (quality below `leastQuality`) are left out. About 15 ms; the image is gone from the holder afterwards.
 */
export function enrolmentVariants({ holder, raster, width, height }: LoadedImage, leastQuality: number): VariantHashes[] {
  const plane = { ...holder.luma(), ...raster };
  const tilted = tilts.flatMap((degrees) =>
    [degrees, -degrees].map((signed) => ({
      variant: `tilt_${signed < 0 ? 'left' : 'right'}_${String(degrees).replace('.', '_')}`,
      sampled: sampleTurned(plane, width, height, keptByStraightening(width, height, signed)),
    })),
  );
  const hashed = (variant: string, margins: Margins) =>
    upright(variant, holder.pdqOfPart(areaWithin(raster.width, raster.height, margins)));
  const parts = [
    ...crops.map((percent) => hashed(`crop_${percent}`, inner(percent / 100))),
    ...keptSides(width, height).map(({ side, margins }) => hashed(`keep_${side}`, margins)),
    ...regions.map(({ variant, margins }) => hashed(variant, margins)),
  ];
  const turned = tilted.map(({ variant, sampled }) => {
    holder.load(sampled);
    return upright(variant, holder.pdqOfPart({ x: 0, y: 0, width: sampled.width, height: sampled.height }));
  });
  return [...parts, ...turned].filter(({ quality }) => quality >= leastQuality);
}

/** Turned and mirrored copies are found by the eight orientations of the query. */
function upright(variant: string, { hashes, quality }: PdqHashes): VariantHashes {
  return { variant, quality, hashes: hashes.slice(0, 1) };
}
