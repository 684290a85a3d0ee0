/** Decoded pixels: 8 bit, row by row without padding, `width * height * channels` bytes. */
export interface Raster {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  /** 1: grey, used as luma; 3: RGB; 4: RGBA. PDQ ignores alpha, so flatten the image first. */
  readonly channels: 1 | 3 | 4;
  /** The decoder shrank a larger image to these pixels: the kernel filters them with a tent. */
  readonly reduced?: boolean;
}

/** A rectangle in pixels, from the upper left corner. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
