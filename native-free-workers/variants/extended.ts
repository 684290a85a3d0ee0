/**
 * The query as it was before a crop, a tilt or a band, with its own edge in the place of what is missing. So a cropped copy is
 * compared with the hash of the whole original, the only one that imported lists have.
 */
import { minimumQuality } from '../hashing/degenerate-limits.js';
import type { PdqHashes } from '../hashing/image-kernel.js';
import type { Area } from '../hashing/raster.js';
import type { VariantHashes } from '../image-task.js';
import { type Side, sides } from './edge-crops.js';
import type { LoadedImage } from './hash-part.js';
import { straightShare } from './tilted-rectangle.js';

/** Percent of the original's sides that a centred crop left. */
const centred = [95, 90, 84] as const;
/** Percent of the original that was cut off one side. */
const oneSided = [4, 9, 15, 20] as const;
/** Degrees, to both sides, of a copy whose corners were cut off. */
const tilts = [1.5, 3, 4.5] as const;

/** Upright only. About 1.2 ms at 640x480. */
export function extendedVariants(image: LoadedImage): VariantHashes[] {
  return [...ofSides(image), ...ofCentre(image), ...ofTilts(image)].filter((variant) => variant !== undefined);
}

/** A band or a sign along a side is covered by the edge of the picture. */
export function unbandedVariant({ kernel, raster: { width, height } }: LoadedImage, picture: Area): VariantHashes | undefined {
  const unbanded = informative('unbanded', kernel.pdqExtended({ x: 0, y: 0, width, height }, picture));
  return kernel.isDegenerate() ? undefined : unbanded;
}

/** Left and right first, because they share their rows. */
function ofSides(image: LoadedImage): (VariantHashes | undefined)[] {
  return sides.toReversed().flatMap((side) => oneSided.map((percent) => beforeSideCut(image, side, percent)));
}

function beforeSideCut(
  { kernel, raster: { width, height } }: LoadedImage,
  side: Side,
  percent: number,
): VariantHashes | undefined {
  const kept = 1 - percent / 100;
  const isAcross = side === 'left' || side === 'right';
  const area = {
    x: side === 'left' ? width - Math.round(width / kept) : 0,
    y: side === 'top' ? height - Math.round(height / kept) : 0,
    width: isAcross ? Math.round(width / kept) : width,
    height: isAcross ? height : Math.round(height / kept),
  };
  return informative(`extended_${side}_${percent}`, kernel.pdqExtended(area, { x: 0, y: 0, width, height }));
}

function ofCentre({ kernel, raster: { width, height } }: LoadedImage): (VariantHashes | undefined)[] {
  return centred.map((percent) => {
    const [left, top] = [width, height].map((side) => Math.round((side * (100 / percent - 1)) / 2));
    const area = { x: -(left ?? 0), y: -(top ?? 0), width: width + 2 * (left ?? 0), height: height + 2 * (top ?? 0) };
    return informative(`extended_${percent}`, kernel.pdqExtended(area, { x: 0, y: 0, width, height }));
  });
}

function ofTilts({ kernel, width, height }: LoadedImage): (VariantHashes | undefined)[] {
  return tilts.flatMap((degrees) =>
    [degrees, -degrees].map((signed) => {
      const name = `extended_tilt_${signed > 0 ? 'right' : 'left'}_${String(degrees).replace('.', '_')}`;
      return informative(name, kernel.pdqTilted(signed, straightShare(width, height, degrees), width / height));
    }),
  );
}

/**
 * Without the check for degenerate pictures, a fifth of the time: the whole passed it, and a fifth of a picture that repeats its edge
 * makes no stripes of the rest.
 */
function informative(variant: string, { hashes, quality }: PdqHashes): VariantHashes | undefined {
  return quality < minimumQuality ? undefined : { variant, quality, hashes };
}
