/** Decoded pixels: 8 bit, row by row without padding, `width * height * channels` bytes. */
export interface Raster {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** 1: grey, taken as luma; 3: RGB; 4: RGBA, of which PDQ reads RGB only (flatten first). */
  readonly channels: 1 | 3 | 4;
  /** The decoder made these pixels of a larger image: they are filtered more softly. */
  readonly reduced?: boolean;
}

/** A rectangle in pixels of a raster, `x` from the left and `y` from the top. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
