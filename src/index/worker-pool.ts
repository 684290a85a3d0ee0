import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Piscina } from 'piscina';
import { type Digests, digestsOf } from '../../native-free-workers/hashing/digests.js';
import type { CompactTask, IndexWorkerData, SearchTask } from '../../native-free-workers/index.worker.js';
import { maxThreads as searchThreads } from '../../native-free-workers/shards/shard-layout.js';
import type { ShardKernels } from '../../native-free-workers/shards/shard-memory.js';
import { VigieError } from '../domain/errors.js';
import { built } from '../package-root.js';

/** Bytes up to which the main thread computes digests itself: 32 KiB take about 80 us, a hop to a worker 60. */
const digestsHere = 32 * 1024;
/**
 * Tasks a worker is given at once, to do one after the other: with one, it waits idle until the main thread has read its answer and sent the next, some
 * 4 ms under load. Batches of 100 at 1 M: 1.38 times as many with four, 1.42 with eight. More would leave tasks behind a slow one while others are idle.
 */
const tasksPerWorker = 8;
/** Tasks waiting for a worker before callers are sent away. */
const longestQueue = 1_024;

/** The service's worker threads, and the kernels that they and the main thread run over the same memories. */
export interface IndexWorkerPool {
  readonly kernels: ShardKernels;
  /** @throws VigieError `overloaded` when too many tasks wait. */
  search(task: SearchTask): Promise<Uint32Array[]>;
  /** In a thread of its own: compaction takes seconds and must not stand before searches. */
  compact(task: CompactTask): Promise<void>;
  /** Of a large body by a worker, to which it is moved: a buffer of nothing but `bytes` is empty afterwards. @throws as `search`. */
  digests(bytes: Uint8Array): Promise<Digests>;
  close(): Promise<void>;
}

/** Every thread has scratch of its own: the main thread's and the compactor's are none of theirs. */
const maxWorkers = searchThreads - 2;

/** Starts `wanted` workers for searches (62 at most), and one for compaction. */
export async function startIndexWorkerPool(wanted: number): Promise<IndexWorkerPool> {
  const count = Math.min(wanted, maxWorkers);
  const kernels = { scan: await compile('scan'), multiIndex: await compile('multi-index') };
  const workerData: IndexWorkerData = { kernels, owners: new SharedArrayBuffer(4 * searchThreads) };
  const filename = built('native-free-workers/index.worker.js');
  const pool = new Piscina({
    filename,
    workerData,
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: tasksPerWorker,
    maxQueue: longestQueue,
  });
  const compactor = new Piscina({ filename, workerData, minThreads: 1, maxThreads: 1 });
  for (const one of [pool, compactor]) one.on('workerDestroy', () => disown(workerData.owners, [pool, compactor]));
  await Promise.all([provePool(pool), provePool(compactor)]);
  const run = async (name: string, task: unknown, transferList: ArrayBuffer[] = []) => {
    if (pool.queueSize >= longestQueue) throw new VigieError('overloaded', 'too many searches wait; retry', 1);
    return pool.run(task, { name, transferList });
  };
  return {
    kernels,
    search: (task) => run('search', task),
    compact: (task) => compactor.run(task, { name: 'compact' }),
    digests: async (bytes) => {
      if (bytes.length <= digestsHere) return digestsOf(bytes);
      const moved = whole(bytes);
      return run('digests', moved, [moved.buffer]);
    },
    async close() {
      await Promise.all([pool.close(), compactor.close()]);
    },
  };
}

/** Frees the numbers of threads that are no more: their successors take them, and no compaction waits for their searches. */
function disown(owners: SharedArrayBuffer, pools: readonly Piscina[]): void {
  const living = new Set(pools.flatMap(({ threads }) => threads.map(({ threadId }) => threadId)));
  const words = new Int32Array(owners);
  for (let thread = 1; thread < words.length; thread++) if (!living.has(words[thread] ?? 0)) Atomics.store(words, thread, 0);
}

async function compile(kernel: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(built(`native-free-workers/${kernel}.wasm`)));
}

/** One task through a worker: a pool whose workers cannot load never settles a task, it only says `error`. */
async function provePool(pool: Piscina): Promise<void> {
  const failed = once(pool, 'error').then(([error]) => {
    throw new Error('the index workers cannot start', { cause: error });
  });
  await Promise.race([pool.run(new Uint8Array(), { name: 'digests' }), failed]);
  failed.catch(() => {});
}

/** A view over nothing but its own bytes, in a buffer that can be moved; a copy where `bytes` are part of a larger one. */
function whole(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
