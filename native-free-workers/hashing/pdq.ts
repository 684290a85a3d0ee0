/** PDQ of one raster: what a browser needs of the image kernel (`image-kernel.ts`, free of Node), and what tests compare. */
import { imageKernelOf } from './image-kernel.js';
import type { Raster } from './raster.js';

/** Eight hashes of 64 lower-case hex digits in the order of `orientations` in src/domain/hash.ts, the first as seen; quality 0-100. */
export interface PdqHashes {
  readonly hashes: readonly string[];
  readonly quality: number;
}

export type HashPdq = (raster: Raster) => PdqHashes;

/** PDQ over an instance of image.wasm. Throws RangeError as `ImageKernel.load`. */
export function pdqOf(instance: WebAssembly.Instance): HashPdq {
  const kernel = imageKernelOf(instance);
  return (raster) => {
    kernel.load(raster);
    return kernel.pdq();
  };
}
