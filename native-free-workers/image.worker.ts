/** Piscina entry of the imaging process: hashes one file. */
import { workerData } from 'node:worker_threads';
import { normalise, restrictDecoders } from './decoding/normalise.js';
import { hashFrames } from './hashing/hash-frames.js';
import { loadImageKernel } from './hashing/load-image-kernel.js';
import type { ImageResult, ImageSettings, ImageTask } from './image-task.js';

restrictDecoders();
const kernel = await loadImageKernel();
// From the pool in src/imaging/process.ts.
const settings: ImageSettings = workerData;

/** A rejection means a fault of our code, and ends the imaging process. */
export default async function hashImage({ bytes, purpose }: ImageTask): Promise<ImageResult> {
  const image = await normalise(bytes, settings);
  if ('unscannable' in image) return image;
  const { width, height, format, looked, truncated } = image;
  const { pdq, blockhash, isFlat } = hashFrames(kernel, image, { purpose, variants: settings.variants });
  const result = { pdq, blockhash, width, height, format, frames: looked, truncated };
  return isFlat ? { ...result, unscannable: 'flat' } : result;
}
