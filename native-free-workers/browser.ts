/**
 * The image kernel in a browser: the same WebAssembly file as in Node.
 *
 * Serve `image.wasm` as `application/wasm`. Under a Content-Security-Policy, `script-src` needs `'wasm-unsafe-eval'`. The kernel
 * shares no memory, so the page needs no cross-origin isolation.
 */
import { type ImageKernel, imageKernelOf } from './hashing/image-kernel.js';
import type { Raster } from './hashing/raster.js';

export type { ImageKernel, PdqHashes } from './hashing/image-kernel.js';

/** Fetches, compiles and starts the image kernel. Rejects if the file is missing or has another content type. */
export async function fetchImageKernel(url: string | URL = new URL('./image.wasm', import.meta.url)): Promise<ImageKernel> {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(url), { env: { abort } });
  return imageKernelOf(instance);
}

/** Converts the result of `getImageData` for `load`. Draw the image on white first, because PDQ ignores alpha. */
export function rasterOf({ data, width, height }: ImageData): Raster {
  return { data, width, height, channels: 4 };
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
