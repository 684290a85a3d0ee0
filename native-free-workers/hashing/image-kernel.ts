/**
 * One decoded image and its hashes, over the WebAssembly kernel of `assembly/image.ts` (which says sources, parameters and deviations).
 *
 * Nothing of Node in here: a browser fetches the same kernel and calls the same functions. `kernels.ts` loads it in Node.
 */
import { maxTwoToneShare } from './degenerate-limits.js';
import type { Area, Raster } from './raster.js';

/** PDQ of one picture. */
export interface PdqHashes {
  /** Lower-case hex, 64 digits each: eight in the order of `orientations` in src/domain/hash.ts, or only the upright one. */
  readonly hashes: readonly string[];
  /** 0-100. */
  readonly quality: number;
}

/** Orientations that are hashed. */
export type HashedOrientations = 'all' | 'upright';

/** Holds one image at a time: what was loaded last. */
export interface ImageKernel {
  /** Copies the pixels in, which may be gone afterwards. Throws RangeError for an image whose working set does not fit into 4 GiB. */
  load(raster: Raster): void;
  /** PDQ of the whole image. Up to 512 px a side bit for bit that of the reference, above as it stretches; about 1 ms and 0.2 ms. */
  pdq(): PdqHashes;
  /**
   * PDQ of a part, as if its pixels were an image of their own, without another copy: about 0.03 ms. `upright`: only its first hash. Throws RangeError
   * when it is not inside.
   */
  pdqOfPart(area: Area, orientations?: HashedOrientations): PdqHashes;
  /** True when the last PDQ says nothing; `share`: of all samples, how many in two tones are too many. About 0.01 ms. */
  isDegenerate(share?: number): boolean;
  /** Eight blockhashes of 64 hex digits of the whole image, in the order of `orientations`. */
  blockhashes(): string[];
  /** True when the last blockhashes say nothing. */
  areBlocksDegenerate(): boolean;
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
  computeLuma(channels: number): void;
  hashWhole(): number;
  hashPart(x: number, y: number, width: number, height: number, reduced: boolean, upright: boolean): number;
  hashBlocks(channels: number): void;
  isLumaDegenerate(share: number): number;
  areSumsDegenerate(share: number): number;
  pdqHashesAddress(): number;
  blockhashesAddress(): number;
  decimatedLumaAddress(): number;
  blockSumsAddress(): number;
  lumaAddress(): number;
  lumaStride(): number;
}

const bytesPerHash = 32;
const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The typed face of an instance of image.wasm. It keeps the memory of the largest image it saw: 4 bytes a pixel beyond the pixels, and 1.5 MB. */
export function imageKernelOf(instance: WebAssembly.Instance): ImageKernel {
  // The one place where the compiler must be told what the kernel exports.
  const kernel = instance.exports as unknown as KernelExports;
  let image: Omit<Raster, 'data'> = { width: 0, height: 0, channels: 1 };

  const hashesAt = (from: number, count = 8): string[] => {
    const bytes = new Uint8Array(kernel.memory.buffer, from, count * bytesPerHash);
    return Array.from({ length: count }, (_, k) => hex(bytes, k * bytesPerHash));
  };
  const pdqWithQuality = (quality: number, count?: number): PdqHashes => ({
    hashes: hashesAt(kernel.pdqHashesAddress(), count),
    quality,
  });

  return {
    load({ data, ...shape }) {
      const { width, height, channels } = shape;
      const at = kernel.reserve(channels, width, height) >>> 0;
      if (at === 0) throw new RangeError(`an image of ${width}x${height} does not fit into the kernel's memory`);
      new Uint8Array(kernel.memory.buffer).set(data.subarray(0, width * height * channels), at);
      kernel.computeLuma(channels);
      image = shape;
    },
    pdq() {
      const { width, height, reduced = false } = image;
      return pdqWithQuality(reduced ? kernel.hashPart(0, 0, width, height, true, false) : kernel.hashWhole());
    },
    pdqOfPart({ x, y, width, height }, orientations = 'all') {
      const { reduced = false } = image;
      const isInside = [x, y, width, height].every((value) => Number.isInteger(value) && value >= 0);
      if (!isInside || x + width > image.width || y + height > image.height) {
        throw new RangeError(`${width}x${height} at ${x},${y} is not inside an image of ${image.width}x${image.height}`);
      }
      const upright = orientations === 'upright';
      return pdqWithQuality(kernel.hashPart(x, y, width, height, reduced, upright), upright ? 1 : 8);
    },
    isDegenerate: (share = maxTwoToneShare) => kernel.isLumaDegenerate(share) !== 0,
    blockhashes() {
      kernel.hashBlocks(image.channels);
      return hashesAt(kernel.blockhashesAddress());
    },
    areBlocksDegenerate: () => kernel.areSumsDegenerate(maxTwoToneShare) !== 0,
    decimatedLuma: () => new Float32Array(kernel.memory.buffer, kernel.decimatedLumaAddress(), 64 * 64),
    blockSums: () => new Float64Array(kernel.memory.buffer, kernel.blockSumsAddress(), 16 * 16),
    luma() {
      const stride = kernel.lumaStride();
      return { data: new Float32Array(kernel.memory.buffer, kernel.lumaAddress(), stride * image.height), stride };
    },
  };
}

/** Of the 32 bytes at `from`. */
function hex(bytes: Uint8Array, from: number): string {
  let text = '';
  for (let at = from; at < from + bytesPerHash; at++) text += hexOfByte[bytes[at] ?? 0] ?? '';
  return text;
}
