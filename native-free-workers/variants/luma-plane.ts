/** Luma of a decoded image, as the image kernel holds it, and rectangles in it. */
import type { Area } from '../hashing/raster.js';

/** Row `y` starts at `y * stride`; `width` of its values count. 0 to 255. */
export interface LumaPlane {
  readonly data: Float32Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** Shares of the width and height that are cut off each side. */
export interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The rectangle that `margins` leave of `width` x `height` pixels, to the nearest pixel, at least one each way. */
export function areaInsideMargins(width: number, height: number, { left, top, right, bottom }: Margins): Area {
  const x = Math.min(width - 1, Math.round(width * left));
  const y = Math.min(height - 1, Math.round(height * top));
  return {
    x,
    y,
    width: Math.max(1, Math.round(width * (1 - right)) - x),
    height: Math.max(1, Math.round(height * (1 - bottom)) - y),
  };
}

/** The inner `share` of both sides, in the middle. */
export function centredMargins(share: number): Margins {
  const margin = (1 - share) / 2;
  return { left: margin, top: margin, right: margin, bottom: margin };
}
