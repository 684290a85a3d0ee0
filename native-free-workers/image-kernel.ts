/**
 * One decoded image and its hashes, over the WebAssembly kernel of `assembly/image.ts` (which says sources, parameters and deviations).
 *
 * Nothing of Node in here: a browser fetches the same kernel and calls the same functions. `kernels.ts` loads it in Node.
 */
import type { PdqHashes } from './pdq.js';
import type { Area, Raster } from './raster.js';

/** Holds one image at a time: what was loaded last. */
export interface ImageKernel {
  /** Copies the pixels in, which may be gone afterwards. Throws RangeError for an image whose working set does not fit into 4 GiB. */
  load(raster: Raster): void;
  /** PDQ of the whole image. Up to 512 px a side bit for bit that of the reference, above as it stretches; about 1 ms and 0.2 ms. */
  pdq(): PdqHashes;
  /** PDQ of a part, as if its pixels were an image of their own, without another copy: about 0.1 ms. Throws RangeError when it is not inside. */
  pdqOfPart(area: Area): PdqHashes;
  /** Eight blockhashes of 64 hex digits of the whole image, in the order of `orientations`. */
  blockhashes(): string[];
  /** The 64x64 luma behind the last PDQ. A view: valid until the next call. */
  decimatedLuma(): Float32Array;
  /** The 16x16 block sums behind the last blockhashes, 256 times R + G + B of all pixels of a block. A view as well. */
  blockSums(): Float64Array;
  /** Luma of the loaded image, `stride` floats a row of which `width` count. A view as well. */
  luma(): { readonly data: Float32Array; readonly stride: number };
}

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  reserve(channels: number, width: number, height: number): number;
  load(channels: number): void;
  hashWhole(): number;
  hashPart(x: number, y: number, width: number, height: number, reduced: boolean): number;
  hashBlocks(channels: number): void;
  pdqHashes(): number;
  blockhashes(): number;
  decimatedLuma(): number;
  sumsOfBlocks(): number;
  lumaOfImage(): number;
  strideOfLuma(): number;
}

const bytesAHash = 32;
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The typed face of an instance of image.wasm. It keeps the memory of the largest image it saw: 4 bytes a pixel beyond the pixels, and 1.5 MB. */
export function imageKernelOf(instance: WebAssembly.Instance): ImageKernel {
  // The one place where the compiler must be told what the kernel exports.
  const kernel = instance.exports as unknown as KernelExports;
  let image: Omit<Raster, 'data'> = { width: 0, height: 0, channels: 1 };

  const hashesAt = (from: number): string[] => {
    const bytes = new Uint8Array(kernel.memory.buffer, from, 8 * bytesAHash);
    return Array.from({ length: 8 }, (_, k) => hex(bytes.subarray(k * bytesAHash, (k + 1) * bytesAHash)));
  };
  const pdqWithQuality = (quality: number): PdqHashes => ({ hashes: hashesAt(kernel.pdqHashes()), quality });

  return {
    load({ data, ...shape }) {
      const { width, height, channels } = shape;
      const at = kernel.reserve(channels, width, height) >>> 0;
      if (at === 0) throw new RangeError(`an image of ${width}x${height} does not fit into the kernel's memory`);
      new Uint8Array(kernel.memory.buffer).set(data.subarray(0, width * height * channels), at);
      kernel.load(channels);
      image = shape;
    },
    pdq() {
      const { width, height, reduced = false } = image;
      return pdqWithQuality(reduced ? kernel.hashPart(0, 0, width, height, true) : kernel.hashWhole());
    },
    pdqOfPart({ x, y, width, height }) {
      const { reduced = false } = image;
      const isInside = [x, y, width, height].every((value) => Number.isInteger(value) && value >= 0);
      if (!isInside || x + width > image.width || y + height > image.height) {
        throw new RangeError(`${width}x${height} at ${x},${y} is not inside an image of ${image.width}x${image.height}`);
      }
      return pdqWithQuality(kernel.hashPart(x, y, width, height, reduced));
    },
    blockhashes() {
      kernel.hashBlocks(image.channels);
      return hashesAt(kernel.blockhashes());
    },
    decimatedLuma: () => new Float32Array(kernel.memory.buffer, kernel.decimatedLuma(), 64 * 64),
    blockSums: () => new Float64Array(kernel.memory.buffer, kernel.sumsOfBlocks(), 16 * 16),
    luma() {
      const stride = kernel.strideOfLuma();
      return { data: new Float32Array(kernel.memory.buffer, kernel.lumaOfImage(), stride * image.height), stride };
    },
  };
}

function hex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += hexOfByte[byte] ?? '';
  return text;
}
