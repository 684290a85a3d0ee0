/** Piscina entry of the imaging process: the bytes of one file in, its hashes or the reason why there are none out. */
import { workerData } from 'node:worker_threads';
import { type Normalised, normalise, restrictDecoders } from './decoding/normalise.js';
import { minimumQuality } from './hashing/degenerate-limits.js';
import { loadImageKernel } from './hashing/load-kernels.js';
import type { Raster } from './hashing/raster.js';
import type { ImageResult, ImageSettings, ImageTask, Purpose, VariantHashes } from './image-task.js';
import { flatImageVariants } from './variants/deborder.js';
import { enrolmentVariants } from './variants/enrolment-variants.js';
import { queryVariants } from './variants/query-variants.js';

restrictDecoders();
const kernel = await loadImageKernel();
// From the pool in src/imaging/process.ts, which is the only one to start this file.
const settings: ImageSettings = workerData;

/**
 * `bytes` are moved here, not copied. Always resolves for what an image can do wrong; a rejection is a fault of ours, and the
 * imaging process ends on it.
 */
export default async function hashImage({ bytes, purpose }: ImageTask): Promise<ImageResult> {
  const image = await normalise(bytes, settings);
  if ('unscannable' in image) return image;
  const { frames, width, height, format } = image;
  const hashed = withoutDuplicates(frames.map(({ variant, raster }) => hashFrame(variant, raster)));
  const blockhash = blockhashesOf(hashed.find(({ isUsable }) => isUsable)?.raster, frames.length);
  const isFlat = !hashed[0]?.isUsable;
  const wholes = hashed.filter(({ isUsable }) => isUsable).map((frame) => frame.pdq);
  const usable = [...wholes, ...variantsOf(image, isFlat, purpose, wholes.length)];
  const pdq = usable.length > 0 ? usable : hashed.map((frame) => frame.pdq);
  const result = { pdq, blockhash, width, height, format };
  return usable.length > 0 ? result : { ...result, unscannable: 'flat' };
}

/** Of the first frame only: who edits an animation edits its beginning. `isFlat`: its whole says nothing. `wholes`: hashed already. */
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

/** Without those whose profile changes nothing that a search would notice: ordinary ones move a hash by at most two bits. */
function withoutDuplicates(hashed: readonly HashedFrame[]): HashedFrame[] {
  return hashed.filter(({ pdq }, at) => !/unprofiled$/.test(pdq.variant) || uprightDistance(pdq, hashed[at - 1]?.pdq) > 2);
}

/** Hamming distance of the upright hashes. */
function uprightDistance(a: VariantHashes, b: VariantHashes | undefined): number {
  const bits = BigInt(`0x${a.hashes[0]}`) ^ BigInt(`0x${b?.hashes[0]}`);
  return bits.toString(2).replaceAll('0', '').length;
}

function hashFrame(variant: string, raster: Raster): HashedFrame {
  kernel.load(raster);
  const { hashes, quality } = kernel.pdq();
  const isUsable = quality >= minimumQuality && !kernel.isDegenerate();
  return { pdq: { variant, quality, hashes }, isUsable, raster };
}

/** Of the first frame that says something; none where no frame does, or its blocks do not. */
function blockhashesOf(raster: Raster | undefined, frames: number): readonly string[] {
  if (!raster) return [];
  if (frames > 1) kernel.load(raster);
  const hashes = kernel.blockhashes();
  return kernel.areBlocksDegenerate() ? [] : hashes;
}
