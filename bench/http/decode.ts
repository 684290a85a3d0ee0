/** The baseline for images: what sharp alone does on this machine. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { built } from '../../src/package-root.js';
import type { Sample } from '../results.js';
import { percentile } from '../statistics.js';
import type { DecodeTimes, DecodeWork } from './decode.worker.js';
import type { Window } from './load.js';

/** Decodes `files` in rotation on as many threads as there are cores. */
export async function decodeLoops(files: readonly Uint8Array[], { warmUpSeconds, seconds }: Window): Promise<Sample> {
  const work: DecodeWork = { files, warmUpMs: warmUpSeconds * 1_000, measureMs: seconds * 1_000 };
  const all = await Promise.all(Array.from({ length: availableParallelism() }, () => loop(work)));
  const sorted = Float64Array.from(all.flat()).sort();
  return {
    perSecond: sorted.length / seconds,
    p50: percentile(sorted, 0.5),
    p97_5: percentile(sorted, 0.975),
    p99: percentile(sorted, 0.99),
    errors: 0,
  };
}

function loop(workerData: DecodeWork): Promise<DecodeTimes> {
  return new Promise((resolve, reject) => {
    new Worker(built('bench/http/decode.worker.js'), { workerData }).once('message', resolve).once('error', reject);
  });
}
