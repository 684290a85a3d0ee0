/** A process of the comparison of pools: hashes one image after the other, as an imaging process does, until it is told to stop. */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { normalise, restrictDecoders } from '../../native-free-workers/decoding/normalise.js';
import { loadImageKernel } from '../../native-free-workers/hashing/load-image-kernel.js';

// From pools.ts, which is the only one to start this file.
const [, , vipsThreads = '1', ...paths] = process.argv;
const files = paths.map((path) => new Uint8Array(readFileSync(path)));
const kernel = await loadImageKernel();
restrictDecoders();
sharp.concurrency(Number(vipsThreads));

let hashed = 0;
// Asked once when the measured time begins, and once when it ends.
process.on('message', () => process.send?.(hashed));
process.on('disconnect', () => process.exit(0));
process.send?.(-1);
for (;;) {
  const image = await normalise(files[hashed % files.length] ?? new Uint8Array(), { maxPixels: 100_000_000, maxFrames: 1_000 });
  if ('unscannable' in image) throw new Error(`answers ${image.unscannable}`);
  for (const { raster } of image.frames) {
    kernel.load(raster);
    kernel.pdq();
    kernel.blockhashes();
  }
  hashed++;
}
