import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';

export interface DecodeWork {
  readonly files: readonly Uint8Array[];
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export type DecodeTimes = readonly number[];

// The same settings as in the imaging process: one image on one core.
sharp.cache(false);
sharp.concurrency(1);
const { files, warmUpMs, measureMs }: DecodeWork = workerData;

const times: number[] = [];
// Reads the decoded pixels, so that the engine cannot skip the work.
let sum = 0;
const measureFrom = performance.now() + warmUpMs;
const end = measureFrom + measureMs;
for (let turn = 0, began = performance.now(); began < end; turn++) {
  const pixels = await sharp(files[turn % files.length])
    .raw()
    .toBuffer();
  sum += pixels[pixels.length >> 1] ?? 0;
  const ended = performance.now();
  if (began >= measureFrom) times.push(ended - began);
  began = ended;
}
if (sum === 0) throw new Error('every picture is black');
parentPort?.postMessage(times satisfies DecodeTimes);
