/**
 * The kernels in a browser: an ES module that loads the same WebAssembly build as `kernels.ts` does in Node.
 *
 * The server must send `pdq.wasm` as `application/wasm`; under a Content-Security-Policy `script-src` needs `'wasm-unsafe-eval'`. No
 * cross-origin isolation is needed: the memory is the kernel's own and not shared.
 */
import { type HashPdq, pdqOf } from './pdq.js';
import type { Raster } from './raster.js';

export type { HashPdq, PdqHashes } from './pdq.js';

/** Fetches, compiles and starts the PDQ kernel. Rejects when it is not there or not sent as WebAssembly. */
export async function fetchPdq(url: string | URL = new URL('./pdq.wasm', import.meta.url)): Promise<HashPdq> {
  const { instance } = await WebAssembly.instantiateStreaming(fetch(url), { env: { abort } });
  return pdqOf(instance);
}

/**
 * The pixels of a canvas, as `getImageData` gives them, for a kernel. Draw the image on white first: kernels read RGB only. Above 512 px
 * on a side draw it into 512x512, as the service does, or the hash is up to 14 bits away.
 */
export function rasterOf({ data, width, height }: ImageData): Raster {
  return { data, width, height, channels: 4 };
}

function abort(): never {
  throw new Error('a WebAssembly kernel aborted');
}
