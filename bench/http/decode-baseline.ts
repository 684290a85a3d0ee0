import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { built } from '../../src/package-root.js';
import type { Sample } from '../results.js';
import type { DecodeTimes, DecodeWork } from './decode-baseline.worker.js';
import type { Window } from './load-generator.js';
import { summariseTimes } from './summarise-times.js';

export async function decodeLoops(files: readonly Uint8Array[], { warmUpSeconds, seconds }: Window): Promise<Sample> {
  const work: DecodeWork = { files, warmUpMs: warmUpSeconds * 1_000, measureMs: seconds * 1_000 };
  const all = await Promise.all(Array.from({ length: availableParallelism() }, () => loop(work)));
  return summariseTimes(all.flat(), seconds, 0);
}

function loop(workerData: DecodeWork): Promise<DecodeTimes> {
  return new Promise((resolve, reject) => {
    new Worker(built('bench/http/decode-baseline.worker.js'), { workerData }).once('message', resolve).once('error', reject);
  });
}
