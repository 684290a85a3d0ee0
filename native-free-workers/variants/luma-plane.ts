import type { Area } from '../hashing/raster.js';

/** 0 to 255. Row `y` starts at `y * stride`. */
export interface LumaPlane {
  readonly data: Float32Array;
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** Cut off each side, as a share of the width or height. */
export interface Margins {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

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

export function centredMargins(share: number): Margins {
  const margin = (1 - share) / 2;
  return { left: margin, top: margin, right: margin, bottom: margin };
}
