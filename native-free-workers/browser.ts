/**
 * The kernels in a browser: an ES module that loads the same WebAssembly build as `kernels.ts` does in Node.
 *
 * The server must send `image.wasm` as `application/wasm`; under a Content-Security-Policy `script-src` needs `'wasm-unsafe-eval'`. No
 * cross-origin isolation is needed: the memory is the kernel's own and not shared.
 */
import { type ImageKernel, imageKernelOf } from './hashing/image-kernel.js';
import type { Raster } from './hashing/raster.js';

export type { ImageKernel, PdqHashes } from './hashing/image-kernel.js';

/** Fetches, compiles and starts the image kernel. Rejects when it is not there or not sent as WebAssembly. */
export async function fetchImageKernel(url: string | URL = new URL('./image.wasm', import.meta.url)): Promise<ImageKernel> {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(url), { env: { abort } });
  return imageKernelOf(instance);
}

/** The pixels of a canvas, as `getImageData` gives them, for `load`. Draw the image on white first: PDQ reads RGB only. */
export function rasterOf({ data, width, height }: ImageData): Raster {
  return { data, width, height, channels: 4 };
}

function abort(): never {
  throw new Error('a WebAssembly kernel aborted');
}
