/** Piscina entry of the imaging process: hashes one file. */
import { workerData } from 'node:worker_threads';
import type { Frame } from './decoding/frames.js';
import { type Normalised, normalise, restrictDecoders } from './decoding/normalise.js';
import { minimumQuality } from './hashing/degenerate-limits.js';
import { loadImageKernel } from './hashing/load-image-kernel.js';
import type { Raster } from './hashing/raster.js';
import type { ImageResult, ImageSettings, ImageTask, Purpose, VariantHashes } from './image-task.js';
import { flatImageVariants } from './variants/deborder.js';
import { enrolmentVariants } from './variants/enrolment-variants.js';
import { queryVariants } from './variants/query-variants.js';

restrictDecoders();
const kernel = await loadImageKernel();
// From the pool in src/imaging/process.ts.
const settings: ImageSettings = workerData;

/** A rejection means a fault of our code, and ends the imaging process. */
export default async function hashImage({ bytes, purpose }: ImageTask): Promise<ImageResult> {
  const image = await normalise(bytes, settings);
  if ('unscannable' in image) return image;
  const { frames, width, height, format, looked, truncated } = image;
  const hashed = distinctFrames(frames, maxDistinctFrames[purpose]);
  const blockhash = blockhashesOf(hashed.find(({ isUsable }) => isUsable)?.raster, frames.length);
  const isFlat = !hashed[0]?.isUsable;
  const wholes = hashed.filter(({ isUsable }) => isUsable).map((frame) => frame.pdq);
  const usable = [...wholes, ...variantsOf(image, isFlat, purpose, wholes.length)];
  const pdq = usable.length > 0 ? usable : hashed.map((frame) => frame.pdq);
  const result = { pdq, blockhash, width, height, format, frames: looked, truncated };
  return usable.length > 0 ? result : { ...result, unscannable: 'flat' };
}

/** Variants of the first frame. `isFlat`: the whole frame is degenerate. `wholes`: number of hashes that already exist. */
function variantsOf({ frames, width, height }: Normalised, isFlat: boolean, purpose: Purpose, wholes: number): VariantHashes[] {
  const raster = frames[0]?.raster;
  if (!raster || settings.variants === 'none') return [];
  if (frames.length > 1) kernel.load(raster);
  const image = { kernel, raster, width, height };
  if (isFlat) return flatImageVariants(image, purpose === 'enrol' ? 'upright' : 'all');
  return purpose === 'enrol' ? enrolmentVariants(image, settings.variants, wholes) : queryVariants(image);
}

interface HashedFrame {
  readonly pdq: VariantHashes;
  readonly isUsable: boolean;
  readonly raster: Raster;
}

/** An ordinary profile moves a hash by at most two bits. Frames and readings that are this near to another one are dropped. */
const sameBits = 2;
/** An entry stores few hashes. A query costs 8 searches per frame, about 0.1 ms. */
const maxDistinctFrames: Readonly<Record<Purpose, number>> = { query: 60, enrol: 8 };

/** The first frame, then usable ones that look different. */
function distinctFrames([first, ...others]: readonly Frame[], max: number): HashedFrame[] {
  if (!first) return [];
  const kept = [hashFrame(first)];
  for (const frame of others) {
    if (kept.length === max) break;
    const hashed = hashFrame(frame);
    const repeats = kept.some(({ pdq }) => uprightDistance(pdq, hashed.pdq) <= sameBits);
    if (!repeats && (hashed.isUsable || !kept[0]?.isUsable)) kept.push(hashed);
  }
  return kept;
}

function uprightDistance({ hashes: [a = ''] }: VariantHashes, { hashes: [b = ''] }: VariantHashes): number {
  const bits = BigInt(`0x${a}`) ^ BigInt(`0x${b}`);
  return bits.toString(2).replaceAll('0', '').length;
}

function hashFrame({ variant, raster }: Frame): HashedFrame {
  kernel.load(raster);
  const { hashes, quality } = kernel.pdq();
  const isUsable = quality >= minimumQuality && !kernel.isDegenerate();
  return { pdq: { variant, quality, hashes }, isUsable, raster };
}

function blockhashesOf(raster: Raster | undefined, frames: number): readonly string[] {
  if (!raster) return [];
  if (frames > 1) kernel.load(raster);
  const hashes = kernel.blockhashes();
  return kernel.areBlocksDegenerate() ? [] : hashes;
}
