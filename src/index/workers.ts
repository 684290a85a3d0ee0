import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Piscina } from 'piscina';
import { type Digests, digestsOf } from '../../native-free-workers/digests.js';
import type { IndexWorkerData, SearchTask } from '../../native-free-workers/index.worker.js';
import { createScanMemory, Scanner } from '../../native-free-workers/scan.js';
import { VigieError } from '../domain/errors.js';
import type { PerceptualAlgorithm } from '../domain/hash.js';
import { built } from '../package-root.js';

/** Bytes up to which the main thread computes digests itself: 32 KiB take about 80 us, a hop to a worker 60. */
const digestsHere = 32 * 1024;
/** Tasks waiting for a worker before callers are sent away. */
const longestQueue = 1_024;

/** The service's worker threads, and the shared memories both they and the main thread search. */
export interface IndexWorkers {
  readonly memories: Readonly<Record<PerceptualAlgorithm, WebAssembly.Memory>>;
  /** Searches on the calling thread. */
  readonly scanners: Readonly<Record<PerceptualAlgorithm, Scanner>>;
  /** @throws VigieError `overloaded` when too many tasks wait. */
  search(task: SearchTask): Promise<Uint32Array[]>;
  digests(bytes: Uint8Array): Promise<Digests>;
  close(): Promise<void>;
}

/** Starts `threads` workers (1-63). */
export async function startIndexWorkers(threads: number): Promise<IndexWorkers> {
  const module = await WebAssembly.compile(await readFile(built('native-free-workers/scan.wasm')));
  const memories = { pdq: createScanMemory(), blockhash: createScanMemory() };
  const workerData: IndexWorkerData = { module, memories, threads: new SharedArrayBuffer(4) };
  const pool = new Piscina({
    filename: built('native-free-workers/index.worker.js'),
    workerData,
    minThreads: threads,
    maxThreads: threads,
    maxQueue: longestQueue,
  });
  await provePool(pool);
  const run = async (name: string, task: unknown) => {
    if (pool.queueSize >= longestQueue) throw new VigieError('overloaded', 'too many searches wait; retry', 1);
    return pool.run(task, { name });
  };
  return {
    memories,
    scanners: { pdq: new Scanner(module, memories.pdq, 0), blockhash: new Scanner(module, memories.blockhash, 0) },
    search: (task) => run('search', task),
    digests: async (bytes) => (bytes.length <= digestsHere ? digestsOf(bytes) : run('digests', whole(bytes))),
    close: () => pool.close(),
  };
}

/** One task through a worker: a pool whose workers cannot load never settles a task, it only says `error`. */
async function provePool(pool: Piscina): Promise<void> {
  const failed = once(pool, 'error').then(([error]) => {
    throw new Error('the index workers cannot start', { cause: error });
  });
  await Promise.race([pool.run(new Uint8Array(), { name: 'digests' }), failed]);
  failed.catch(() => {});
}

/** A view over nothing but its own bytes: posting a view of a larger buffer would copy all of that buffer. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes);
}
