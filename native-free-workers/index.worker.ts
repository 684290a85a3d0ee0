/** Piscina entry in the service: digests of large bodies, searches longer than a hop to a worker, and compactions. */
import { workerData } from 'piscina';
import { type Digests, digestsOf } from './digests.js';
import { ShardCompactor, type ShardHandle, type ShardKernels, ShardSearcher } from './shard.js';
import { hashBytes } from './shard-layout.js';

export interface IndexWorkerData {
  readonly kernels: ShardKernels;
  /** One counter from which each worker draws its thread number; 0 is the main thread. */
  readonly threads: SharedArrayBuffer;
}

export interface SearchTask {
  readonly shard: ShardHandle;
  /** Queries of 32 bytes, one after the other. */
  readonly queries: Uint8Array;
  readonly radius: number;
}

export interface CompactTask {
  readonly shard: ShardHandle;
  /** Rows the tables take up. */
  readonly added: Uint32Array;
  /** Where the tail begins afterwards. */
  readonly tailTo: number;
}

const { kernels, threads }: IndexWorkerData = workerData;
const thread = Atomics.add(new Int32Array(threads), 0, 1) + 1;
/** By shard number: a shard's memory is the same for as long as the process lives. */
const searchers = new Map<number, ShardSearcher>();

/** MD5, SHA-1 and SHA-256 of a body. */
export function digests(bytes: Uint8Array): Digests {
  return digestsOf(bytes);
}

/** Pairs (slot, distance), one array a query. */
export function search({ shard, queries, radius }: SearchTask): Uint32Array[] {
  const searcher = searchers.get(shard.id) ?? new ShardSearcher(kernels, shard, thread);
  searchers.set(shard.id, searcher);
  return Array.from({ length: queries.length / hashBytes }, (_, number) =>
    searcher.search(queries.subarray(number * hashBytes, (number + 1) * hashBytes), radius),
  );
}

/** Rebuilds the tables of a shard; returns when nobody can see what they replaced. */
export function compact({ shard, added, tailTo }: CompactTask): void {
  new ShardCompactor(kernels, shard).merge(added, tailTo);
}
