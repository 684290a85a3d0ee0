/** Piscina entry of the imaging process: the bytes of one file in, its hashes or the reason why there are none out. */
import { workerData } from 'node:worker_threads';
import { blockhashes } from './blockhash.js';
import type { ImageLimits, ImageResult, ImageTask } from './image-result.js';
import { loadPdq } from './kernels.js';
import { normalise, restrictDecoders } from './normalise.js';

/** PDQ reference: hashes below this quality say nothing. */
const minimumQuality = 50;

restrictDecoders();
const pdq = await loadPdq();
// From the pool in src/imaging/process.ts, which is the only one to start this file.
const limits: ImageLimits = workerData;

/**
 * `bytes` are moved here, not copied. Always resolves for what an image can do wrong; a rejection is a fault of ours, and the
 * imaging process ends on it.
 */
export default async function hashImage({ bytes }: ImageTask): Promise<ImageResult> {
  const image = await normalise(bytes, limits);
  if ('unscannable' in image) return image;
  const { raster, width, height, format } = image;
  const { hashes, quality } = pdq(raster);
  const full = { variant: 'full', quality, hashes };
  const hashed = { pdq: [full], blockhash: blockhashes(raster), width, height, format };
  return quality < minimumQuality ? { ...hashed, unscannable: 'flat' } : hashed;
}
