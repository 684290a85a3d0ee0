/**
 * PDQ over the WebAssembly kernel of `assembly/pdq.ts` (which says source, parameters and deviations).
 *
 * Nothing of Node in here: a browser fetches the same kernel and calls the same function. `kernels.ts` loads it in Node.
 */
import type { Raster } from './raster.js';

/** Eight hashes of 64 lower-case hex digits in the order of `orientations` in src/domain/hash.ts, the first as seen; quality 0-100. */
export interface PdqHashes {
  readonly hashes: readonly string[];
  readonly quality: number;
}

export type HashPdq = (raster: Raster) => PdqHashes;

interface PdqExports {
  readonly memory: WebAssembly.Memory;
  reserve(channels: number, columns: number, rows: number): number;
  hash(channels: number, columns: number, rows: number): number;
  hashes(): number;
}

const bytesAHash = 32;

/**
 * The typed face of an instance of pdq.wasm. The kernel keeps the memory of the largest image it saw: 4 to 8 bytes a pixel beyond
 * the pixels themselves. Throws RangeError for an image whose working set does not fit into 4 GiB.
 */
export function pdqOf(instance: WebAssembly.Instance): HashPdq {
  // The one place where the compiler must be told what the kernel exports.
  const kernel = instance.exports as unknown as PdqExports;
  return ({ data, width, height, channels }) => {
    const at = kernel.reserve(channels, width, height) >>> 0;
    if (at === 0) throw new RangeError(`an image of ${width}x${height} does not fit into the PDQ kernel's memory`);
    new Uint8Array(kernel.memory.buffer).set(data.subarray(0, width * height * channels), at);
    const quality = kernel.hash(channels, width, height);
    const all = new Uint8Array(kernel.memory.buffer, kernel.hashes(), 8 * bytesAHash);
    const hashes = Array.from({ length: 8 }, (_, k) => hex(all.subarray(k * bytesAHash, (k + 1) * bytesAHash)));
    return { hashes, quality };
  };
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
