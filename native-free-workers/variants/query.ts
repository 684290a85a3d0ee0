/**
 * What is hashed of an image that is looked up, beside the whole: about 2 ms at 640x480. Each variant undoes one thing that people do to
 * pictures; bench/robustness says what each wins.
 */
import type { VariantHashes } from '../image-result.js';
import type { PdqHashes } from '../pdq.js';
import type { Area } from '../raster.js';
import { framedPictures } from './frame.js';
import { possiblyKeptSides } from './kept-sides.js';
import type { LoadedImage } from './loaded-image.js';
import { areaWithin, inner, type Margins } from './plane.js';
import { regions } from './regions.js';
import { findSkew } from './skew.js';
import { sampleTurned } from './turned-window.js';

/** Between the sizes that are enrolled, 5 % apart, so that a crop of any size is within 1.5 % of one of both (PDQ forgives 2 %). */
const innerShare = 0.97;

/**
 * Variants of the image in `holder`, without `full`; parts too flat to hash (quality below `leastQuality`) are left out. The image is gone from
 * the holder afterwards.
 */
export function queryVariants({ holder, raster, width, height }: LoadedImage, leastQuality: number): VariantHashes[] {
  const part = (margins: Margins) => areaWithin(raster.width, raster.height, margins);
  const plane = { ...holder.luma(), ...raster };
  const frames = framedPictures(plane);
  const skew = findSkew(plane, width, height);
  // Sampled now: hashing a part ends the view of the luma.
  const straight = skew && sampleTurned(plane, width, height, skew);
  const hashed = (variant: string, area: Area) => named(variant, holder.pdqOfPart(area));
  const variants = [
    ...frames.map((area, at) => hashed(at === 0 ? 'deborder' : `deborder_${at + 1}`, area)),
    hashed('inner_97', part(inner(innerShare))),
    ...possiblyKeptSides(width, height).map(({ side, margins }) => upright(hashed(`keep_${side}`, part(margins)))),
    ...regions.map(({ variant, margins }) => upright(hashed(variant, part(margins)))),
  ];
  if (straight) {
    holder.load(straight);
    const { width: side } = straight;
    variants.push(hashed('straight', { x: 0, y: 0, width: side, height: side }));
  }
  return variants.filter(({ quality }) => quality >= leastQuality);
}

function named(variant: string, { hashes, quality }: PdqHashes): VariantHashes {
  return { variant, quality, hashes };
}

/** Only the first orientation: what is both cropped and turned is too rare for eight searches of every part. */
function upright({ hashes, ...rest }: VariantHashes): VariantHashes {
  return { ...rest, hashes: hashes.slice(0, 1) };
}
