/** Piscina entry in the service: digests of large bodies, long searches, and compactions. */
import { threadId } from 'node:worker_threads';
import { workerData } from 'piscina';
import { type Digests, digestsOf } from './hashing/digests.js';
import { ShardCompactor } from './shards/shard-compactor.js';
import { hashBytes } from './shards/shard-layout.js';
import type { ShardHandle, ShardKernels } from './shards/shard-memory.js';
import { ShardSearcher } from './shards/shard-searcher.js';

export interface IndexWorkerData {
  readonly kernels: ShardKernels;
  /** By thread number (i32): the id of its thread, or 0. Number 0 is the main thread. */
  readonly owners: SharedArrayBuffer;
}

export interface SearchTask {
  readonly shard: ShardHandle;
  /** 32 bytes each. */
  readonly queries: Uint8Array;
  readonly radius: number;
}

export interface CompactTask {
  readonly shard: ShardHandle;
  readonly added: Uint32Array;
  /** Where the tail begins afterwards. */
  readonly tailTo: number;
}

/** 1 MiB. Many queries that each hit a heap would fill the memory. */
const maxPairsPerAnswer = 131_072;

const { kernels, owners }: IndexWorkerData = workerData;
const ownerWords = new Int32Array(owners);
const thread = claimThreadNumber();
const searchers = new Map<number, ShardSearcher>();

export function digests(bytes: Uint8Array): Digests {
  return digestsOf(bytes);
}

/** Pairs (slot, distance) per query, at least for the first one. */
export function search({ shard, queries, radius }: SearchTask): Uint32Array[] {
  const searcher = searchers.get(shard.id) ?? new ShardSearcher(kernels, shard, thread);
  searchers.set(shard.id, searcher);
  const answers: Uint32Array[] = [];
  let pairs = 0;
  for (let at = 0; at < queries.length && pairs < maxPairsPerAnswer; at += hashBytes) {
    const answer = searcher.search(queries.subarray(at, at + hashBytes), radius);
    answers.push(answer);
    pairs += answer.length / 2;
  }
  return answers;
}

/** Returns once no search can see the old tables. */
export function compact({ shard, added, tailTo }: CompactTask): void {
  new ShardCompactor(kernels, shard, ownerWords).merge(added, tailTo);
}

function claimThreadNumber(): number {
  for (let number = 1; number < ownerWords.length; number++) {
    if (Atomics.compareExchange(ownerWords, number, 0, threadId) === 0) return number;
  }
  throw new Error(`cannot start a search thread: all ${ownerWords.length - 1} thread numbers are in use`);
}
