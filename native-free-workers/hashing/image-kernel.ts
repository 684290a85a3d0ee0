/** The typed interface of the image kernel (`assembly/image.ts`), for Node and browsers. */
import { maxTwoToneShare } from './degenerate-limits.js';
import type { Area, Raster } from './raster.js';
import { tiltedSteps } from './tilted-steps.js';

export interface PdqHashes {
  /** 64 hex digits each: in the order of `orientations` in src/domain/hash.ts, or only the upright one. */
  readonly hashes: readonly string[];
  /** 0-100. */
  readonly quality: number;
}

export type HashedOrientations = 'all' | 'upright';

/** Holds one image. The arrays it returns are views, valid until the next call. */
export interface ImageKernel {
  /** Copies the pixels. @throws RangeError if the image does not fit into 4 GiB. */
  load(raster: Raster): void;
  /** About 1 ms; over 512 px per side 0.2 ms. */
  pdq(): PdqHashes;
  /** About 0.03 ms. @throws RangeError if the part is not inside the image. */
  pdqOfPart(area: Area, orientations?: HashedOrientations): PdqHashes;
  /**
   * The upright hash of a part that reaches beyond the picture, whose edges go on outside it. About 0.05 ms.
   * @param area may begin outside the image, but meets the picture
   * @throws RangeError if the picture is not inside the image, or the area misses it.
   */
  pdqExtended(area: Area, picture: Area): PdqHashes;
  /**
   * The upright hash of the picture as it was before somebody turned it by `degrees` (positive: clockwise) and kept the middle
   * `share` of each side. What is missing is its edge. About 0.1 ms, and 0.2 ms for the first of an image.
   */
  pdqTilted(degrees: number, share: number, aspect: number): PdqHashes;
  /** Of the last PDQ, about 0.01 ms. `share`: limit for samples in two tones. */
  isDegenerate(share?: number): boolean;
  /** Eight, in the order of `orientations`. */
  blockhashes(): string[];
  /** Of the last blockhashes. */
  areBlocksDegenerate(): boolean;
  /** 64x64, of the last PDQ. */
  decimatedLuma(): Float32Array;
  /** 16x16, of the last blockhashes: 256 times R + G + B of all pixels. */
  blockSums(): Float64Array;
  /** Rows of `stride` floats. */
  luma(): { readonly data: Float32Array; readonly stride: number };
}

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  reserve(channels: number, width: number, height: number): number;
  computeLuma(channels: number): void;
  hashWhole(): number;
  hashPart(x: number, y: number, width: number, height: number, reduced: boolean, upright: boolean): number;
  hashExtended(
    x: number,
    y: number,
    width: number,
    height: number,
    left: number,
    top: number,
    right: number,
    bottom: number,
    reduced: boolean,
  ): number;
  hashTilted(x: number, dx: number, ex: number, y: number, dy: number, ey: number): number;
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

/** Keeps the memory of its largest image: the pixels, 4 bytes per pixel, and 1.5 MB. */
export function imageKernelOf(instance: WebAssembly.Instance): ImageKernel {
  // The kernel's exports have no types of their own.
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
      if (at === 0) throw new RangeError(`an image of ${width}x${height} px does not fit into the 4 GiB of the image kernel`);
      new Uint8Array(kernel.memory.buffer).set(data.subarray(0, width * height * channels), at);
      kernel.computeLuma(channels);
      image = shape;
    },
    pdq() {
      const { width, height, reduced = false } = image;
      return pdqWithQuality(reduced ? kernel.hashPart(0, 0, width, height, true, false) : kernel.hashWhole());
    },
    pdqOfPart(area, orientations = 'all') {
      const { reduced = false } = image;
      assertInside(area, image);
      const { x, y, width, height } = area;
      const upright = orientations === 'upright';
      return pdqWithQuality(kernel.hashPart(x, y, width, height, reduced, upright), upright ? 1 : 8);
    },
    pdqExtended({ x, y, width, height }, picture) {
      assertInside(picture, image);
      const [right, bottom] = [picture.x + picture.width, picture.y + picture.height];
      const meets = x < right && y < bottom && x + width > picture.x && y + height > picture.y;
      if (!meets || ![x, y, width, height].every(Number.isInteger)) {
        throw new RangeError(
          `the area ${width}x${height} at ${x},${y} misses the picture ${picture.width}x${picture.height} at ${picture.x},${picture.y}`,
        );
      }
      const { reduced = false } = image;
      return pdqWithQuality(kernel.hashExtended(x, y, width, height, picture.x, picture.y, right, bottom, reduced), 1);
    },
    pdqTilted(degrees, share, aspect) {
      const { x, dx, ex, y, dy, ey } = tiltedSteps(degrees, share, aspect);
      return pdqWithQuality(kernel.hashTilted(x, dx, ex, y, dy, ey), 1);
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

function assertInside({ x, y, width, height }: Area, image: Omit<Raster, 'data'>): void {
  const isInside = [x, y, width, height].every((value) => Number.isInteger(value) && value >= 0);
  if (isInside && x + width <= image.width && y + height <= image.height) return;
  throw new RangeError(`the part ${width}x${height} at ${x},${y} is not inside the image of ${image.width}x${image.height} px`);
}

function hex(bytes: Uint8Array, from: number): string {
  let text = '';
  for (let at = from; at < from + bytesPerHash; at++) text += hexOfByte[bytes[at] ?? 0] ?? '';
  return text;
}
