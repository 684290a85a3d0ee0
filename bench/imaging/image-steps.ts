import { Worker } from 'node:worker_threads';
import { built } from '../../src/package-root.js';
import { photographs } from '../http/photographs.js';
import type { StepsWork } from './image-steps.worker.js';
import type { SizeResult } from './results.js';

/** PDQ hashes up to 512x512 without reducing the image. The others are typical photographs. */
const sizes = [
  { width: 512, height: 512 },
  { width: 640, height: 480 },
  { width: 1280, height: 960 },
  { width: 1920, height: 1440 },
  { width: 4000, height: 3000 },
] as const;
const pixelsOfFullRuns = 640 * 480;
const minRuns = 5;

export async function measureImageSteps(runs: number): Promise<SizeResult[]> {
  const files = [];
  for (const { width, height } of sizes) {
    const [bytes = new Uint8Array()] = await photographs({ width, height }, 1);
    const ofSize = Math.max(minRuns, Math.min(runs, Math.round((runs * pixelsOfFullRuns) / (width * height))));
    files.push({ width, height, bytes, runs: ofSize });
  }
  const workerData: StepsWork = { files, maxPixels: 100_000_000, maxFrames: 1_000, variants: 'default' };
  const results: SizeResult[] = [];
  return new Promise((resolve, reject) => {
    new Worker(built('bench/imaging/image-steps.worker.js'), { workerData })
      .on('message', (result: SizeResult) => results.push(result))
      .once('error', reject)
      .once('exit', () => resolve(results));
  });
}
