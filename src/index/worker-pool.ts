import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { Piscina } from 'piscina';
import { type Digests, digestsOf } from '../../native-free-workers/hashing/digests.js';
import type { CompactTask, IndexWorkerData, SearchTask } from '../../native-free-workers/index.worker.js';
import { maxThreads as searchThreads } from '../../native-free-workers/shards/shard-layout.js';
import type { ShardKernels } from '../../native-free-workers/shards/shard-memory.js';
import { VigieError } from '../domain/errors.js';
import { built } from '../package-root.js';

/** 32 KiB take about 80 us, a hop to a worker 60. */
const maxBytesOnMainThread = 32 * 1024;
/**
 * With one, a worker idles for 4 ms under load until the main thread sends the next task. Batches of 100 at 1 M
 * hashes: 1.38 times as many with 4 tasks, 1.42 with 8. More would wait behind a slow task.
 */
const tasksPerWorker = 8;
const maxQueuedTasks = 1_024;

export interface IndexWorkerPool {
  readonly kernels: ShardKernels;
  /** Tasks that wait for a worker. */
  readonly queued: number;
  /** @throws VigieError `overloaded` when too many tasks wait. */
  search(task: SearchTask): Promise<Uint32Array[]>;
  /** Takes seconds; has its own thread. */
  compact(task: CompactTask): Promise<void>;
  /** Moves a large body to a worker, so `bytes` may be empty afterwards. @throws VigieError `overloaded`. */
  digests(bytes: Uint8Array): Promise<Digests>;
  close(): Promise<void>;
}

/** The main thread and the compactor have scratch as well. */
const maxWorkers = searchThreads - 2;

/** Starts at most 62 workers for searches, and one for compaction. */
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
    maxQueue: maxQueuedTasks,
  });
  // Starts with the first compaction, and stays.
  const compactor = new Piscina({ filename, workerData, minThreads: 0, maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY });
  for (const one of [pool, compactor]) one.on('workerDestroy', () => disown(workerData.owners, [pool, compactor]));
  await provePool(pool);
  const run = async (name: string, task: unknown, transferList: ArrayBuffer[] = []) => {
    if (pool.queueSize >= maxQueuedTasks) throw new VigieError('overloaded', `${maxQueuedTasks} searches are waiting; retry`, 1);
    return pool.run(task, { name, transferList });
  };
  return {
    kernels,
    get queued() {
      return pool.queueSize;
    },
    search: (task) => run('search', task),
    compact: (task) => compactor.run(task, { name: 'compact' }),
    digests: async (bytes) => {
      if (bytes.length <= maxBytesOnMainThread) return digestsOf(bytes);
      const moved = movable(bytes);
      return run('digests', moved, [moved.buffer]);
    },
    async close() {
      await Promise.all([pool.close(), compactor.close()]);
    },
  };
}

/** Frees the numbers of dead threads, or a compaction would wait for their searches. */
function disown(owners: SharedArrayBuffer, pools: readonly Piscina[]): void {
  const living = new Set(pools.flatMap(({ threads }) => threads.map(({ threadId }) => threadId)));
  const words = new Int32Array(owners);
  for (let thread = 1; thread < words.length; thread++) if (!living.has(words[thread] ?? 0)) Atomics.store(words, thread, 0);
}

async function compile(kernel: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(built(`native-free-workers/${kernel}.wasm`)));
}

/** A pool whose workers cannot load never settles a task. */
async function provePool(pool: Piscina): Promise<void> {
  const failed = once(pool, 'error').then(([error]) => {
    throw new Error('the index workers cannot start', { cause: error });
  });
  await Promise.race([pool.run(new Uint8Array(), { name: 'digests' }), failed]);
  failed.catch(() => {});
}

/** Copies a part of a larger buffer, which must not be moved. */
function movable(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  const isWhole = buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength;
  return isWhole ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
