/** Worker thread: the imaging task reads its settings from `workerData`, as it does in the imaging process. */
import { parentPort, workerData } from 'node:worker_threads';
import sharp from 'sharp';
import { loadImageKernel } from '../../native-free-workers/hashing/load-image-kernel.js';
import type { Raster } from '../../native-free-workers/hashing/raster.js';
import type { ImageSettings } from '../../native-free-workers/image-task.js';
import { percentile } from '../statistics.js';
import type { SizeResult, Time } from './results.js';

export interface StepsWork extends ImageSettings {
  readonly files: readonly {
    readonly width: number;
    readonly height: number;
    readonly bytes: Uint8Array;
    readonly runs: number;
  }[];
}

const { files }: StepsWork = workerData;
const { default: hashImage } = await import('../../native-free-workers/image.worker.js');
const kernel = await loadImageKernel();

type Contender = () => unknown;

for (const { width, height, bytes, runs } of files) {
  const times = await measure(await contenders(bytes), runs);
  parentPort?.postMessage({ width, height, times } satisfies SizeResult);
}

async function contenders(bytes: Uint8Array): Promise<ReadonlyMap<string, Contender>> {
  const decode = () => sharp(bytes).raw().toBuffer({ resolveWithObject: true });
  const { data, info } = await decode();
  const raster: Raster = { data, width: info.width, height: info.height, channels: 3 };
  const part = { x: 8, y: 8, width: info.width - 16, height: info.height - 16 };
  return new Map<string, Contender>([
    ['sharp, bare decode', decode],
    ['sharp, decode and resize to 512x512', () => sharp(bytes).resize(512, 512, { fit: 'fill' }).raw().toBuffer()],
    ['sharp, metadata', () => sharp(bytes).metadata()],
    ['kernel, luma', () => kernel.load(raster)],
    ['kernel, PDQ in eight orientations', () => kernel.pdq()],
    ['kernel, PDQ of a part', () => kernel.pdqOfPart(part)],
    ['kernel, blockhash in eight orientations', () => kernel.blockhashes()],
    ['task, query', () => hashImage({ bytes, purpose: 'query' })],
    ['task, enrol', () => hashImage({ bytes, purpose: 'enrol' })],
  ]);
}

/** Contenders take turns, so that a slow phase of the machine affects all of them. The first tenth is warm-up. */
async function measure(all: ReadonlyMap<string, Contender>, runs: number): Promise<Time[]> {
  const samples = new Map([...all.keys()].map((name) => [name, [] as number[]]));
  const warmUp = Math.ceil(runs / 10);
  for (let run = -warmUp; run < runs; run++) {
    for (const [name, contender] of all) {
      const began = performance.now();
      await contender();
      if (run >= 0) samples.get(name)?.push(performance.now() - began);
    }
  }
  return [...samples].map(([name, values]) => {
    const sorted = values.toSorted((a, b) => a - b);
    return { name, median: percentile(sorted, 0.5), lower: percentile(sorted, 0.25), upper: percentile(sorted, 0.75) };
  });
}
