/** Piscina entry of the imaging process: hashes one file. */
import { workerData } from 'node:worker_threads';
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

/** An ordinary profile moves a hash by at most two bits. Such unprofiled copies are dropped. */
function withoutDuplicates(hashed: readonly HashedFrame[]): HashedFrame[] {
  return hashed.filter(({ pdq }, at) => !/unprofiled$/.test(pdq.variant) || uprightDistance(pdq, hashed[at - 1]?.pdq) > 2);
}

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

function blockhashesOf(raster: Raster | undefined, frames: number): readonly string[] {
  if (!raster) return [];
  if (frames > 1) kernel.load(raster);
  const hashes = kernel.blockhashes();
  return kernel.areBlocksDegenerate() ? [] : hashes;
}
