/** Decoded pixels, 8 bits, rows without padding. */
export interface Raster {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** 1: grey, used as luma; 3: RGB; 4: RGBA. PDQ ignores alpha. */
  readonly channels: 1 | 3 | 4;
  /** The decoder shrank a larger image. */
  readonly reduced?: boolean;
}

/** In pixels, from the upper left corner. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
