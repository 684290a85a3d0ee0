import type { PdqHashes } from '../pdq.js';
import type { Area, Raster } from '../raster.js';

/** What variants ask of the image kernel (`image-kernel.ts`): hashes of the image it holds, of its parts, and its luma. */
export interface ImageHolder {
  load(raster: Raster): void;
  pdqOfPart(area: Area): PdqHashes;
  /** A view: valid until the next call. */
  luma(): { readonly data: Float32Array; readonly stride: number };
}

/** The image that a holder holds. */
export interface LoadedImage {
  readonly holder: ImageHolder;
  /** Pixels of the raster that was loaded. */
  readonly raster: { readonly width: number; readonly height: number };
  /** Pixels of the image as a viewer shows it; the raster may be a smaller copy, of another shape. */
  readonly width: number;
  readonly height: number;
}
