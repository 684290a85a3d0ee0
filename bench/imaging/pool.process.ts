/** Child process: hashes images in a loop, like an imaging process, until its parent disconnects. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { normalise, restrictDecoders } from '../../native-free-workers/decoding/normalise.js';
import { loadImageKernel } from '../../native-free-workers/hashing/load-image-kernel.js';

const [, , vipsThreads = '1', ...paths] = process.argv;
const files = paths.map((path) => new Uint8Array(readFileSync(path)));
const kernel = await loadImageKernel();
restrictDecoders();
sharp.concurrency(Number(vipsThreads));

let hashed = 0;
process.on('message', () => process.send?.(hashed));
process.on('disconnect', () => process.exit(0));
process.send?.(-1);
for (;;) {
  const image = await normalise(files[hashed % files.length] ?? new Uint8Array(), { maxPixels: 100_000_000, maxFrames: 1_000 });
  if ('unscannable' in image) throw new Error(`an image is unscannable: ${image.unscannable}`);
  for (const { raster } of image.frames) {
    kernel.load(raster);
    kernel.pdq();
    kernel.blockhashes();
  }
  hashed++;
}
