/** From the frames of one image to its hashes. The imaging process and browsers share this step. */

import type { Purpose, VariantHashes, VariantSet } from '../image-task.js';
import { flatImageVariants } from '../variants/deborder.js';
import { enrolmentVariants } from '../variants/enrolment-variants.js';
import { queryVariants } from '../variants/query-variants.js';
import { minimumQuality } from './degenerate-limits.js';
import type { Frame } from './frame.js';
import type { ImageKernel } from './image-kernel.js';
import type { Raster } from './raster.js';

export interface FramedImage {
  /** `full` first. */
  readonly frames: readonly Frame[];
  /** As a viewer shows the image. The rasters may be smaller copies. */
  readonly width: number;
  readonly height: number;
}

export interface HashingOptions {
  readonly purpose: Purpose;
  readonly variants: VariantSet;
}

export interface HashedFrames {
  /** `full` first. Without degenerate variants, unless `isFlat`. */
  readonly pdq: readonly VariantHashes[];
  /** In the order of `orientations`; empty if degenerate. */
  readonly blockhash: readonly string[];
  /** Nothing in the picture has a usable hash. */
  readonly isFlat: boolean;
}

/** An ordinary profile moves a hash by at most two bits. Frames and readings that are this near to another one are dropped. */
const sameBits = 2;
/** An entry stores few hashes. A query costs 8 searches per frame, about 0.1 ms. */
const maxDistinctFrames: Readonly<Record<Purpose, number>> = { query: 60, enrol: 8 };

/** Replaces the image in the kernel. */
export function hashFrames(kernel: ImageKernel, image: FramedImage, { purpose, variants }: HashingOptions): HashedFrames {
  const { frames } = image;
  const hashed = distinctFrames(kernel, frames, maxDistinctFrames[purpose]);
  const blockhash = blockhashesOf(kernel, hashed.find(({ isUsable }) => isUsable)?.raster, frames.length);
  const isFlat = !hashed[0]?.isUsable;
  const wholes = hashed.filter(({ isUsable }) => isUsable).map((frame) => frame.pdq);
  const ofParts = variants === 'none' ? [] : variantsOf(kernel, image, isFlat, purpose, variants, wholes.length);
  const usable = [...wholes, ...ofParts];
  return { pdq: usable.length > 0 ? usable : hashed.map((frame) => frame.pdq), blockhash, isFlat: usable.length === 0 };
}

/** Variants of the first frame. `isFlat`: the whole frame is degenerate. `wholes`: number of hashes that already exist. */
function variantsOf(
  kernel: ImageKernel,
  { frames, width, height }: FramedImage,
  isFlat: boolean,
  purpose: Purpose,
  variants: VariantSet,
  wholes: number,
): VariantHashes[] {
  const raster = frames[0]?.raster;
  if (!raster) return [];
  if (frames.length > 1) kernel.load(raster);
  const image = { kernel, raster, width, height };
  if (isFlat) return flatImageVariants(image, purpose === 'enrol' ? 'upright' : 'all');
  return purpose === 'enrol' ? enrolmentVariants(image, variants, wholes) : queryVariants(image);
}

interface HashedFrame {
  readonly pdq: VariantHashes;
  readonly isUsable: boolean;
  readonly raster: Raster;
}

/** The first frame, then usable ones that look different. */
function distinctFrames(kernel: ImageKernel, [first, ...others]: readonly Frame[], max: number): HashedFrame[] {
  if (!first) return [];
  const kept = [hashFrame(kernel, first)];
  for (const frame of others) {
    if (kept.length === max) break;
    const hashed = hashFrame(kernel, frame);
    const repeats = kept.some(({ pdq }) => uprightDistance(pdq, hashed.pdq) <= sameBits);
    if (!repeats && (hashed.isUsable || !kept[0]?.isUsable)) kept.push(hashed);
  }
  return kept;
}

function uprightDistance({ hashes: [a = ''] }: VariantHashes, { hashes: [b = ''] }: VariantHashes): number {
  const bits = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  return bits.toString(2).replaceAll('0', '').length;
}

function hashFrame(kernel: ImageKernel, { variant, raster }: Frame): HashedFrame {
  kernel.load(raster);
  const { hashes, quality } = kernel.pdq();
  const isUsable = quality >= minimumQuality && !kernel.isDegenerate();
  return { pdq: { variant, quality, hashes }, isUsable, raster };
}

function blockhashesOf(kernel: ImageKernel, raster: Raster | undefined, frames: number): readonly string[] {
  if (!raster) return [];
  if (frames > 1) kernel.load(raster);
  const hashes = kernel.blockhashes();
  return kernel.areBlocksDegenerate() ? [] : hashes;
}
