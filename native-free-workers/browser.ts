/**
 * The image kernel in a browser. Serve `image.wasm` as `application/wasm`. Under a Content-Security-Policy, `script-src` needs
 * `'wasm-unsafe-eval'`. The kernel shares no memory, so the page needs no cross-origin isolation.
 */
import { type ImageKernel, imageKernelOf } from './hashing/image-kernel.js';
import type { Raster } from './hashing/raster.js';

export type { ImageKernel, PdqHashes } from './hashing/image-kernel.js';

/** Rejects if the file is missing or has another content type. */
export async function fetchImageKernel(url: string | URL = new URL('./image.wasm', import.meta.url)): Promise<ImageKernel> {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(url), { env: { abort } });
  return imageKernelOf(instance);
}

/** Draw the image on white first, because PDQ ignores alpha. */
export function rasterOf({ data, width, height }: ImageData): Raster {
  return { data, width, height, channels: 4 };
}

function abort(): never {
  throw new Error('the WebAssembly kernel aborted');
}
