/** Piscina entry in the service: digests of large bodies, searches longer than a hop to a worker, and compactions. */
import { threadId } from 'node:worker_threads';
import { workerData } from 'piscina';
import { type Digests, digestsOf } from './hashing/digests.js';
import { ShardCompactor } from './shards/shard-compactor.js';
import { hashBytes } from './shards/shard-layout.js';
import type { ShardHandle, ShardKernels } from './shards/shard-memory.js';
import { ShardSearcher } from './shards/shard-searcher.js';

export interface IndexWorkerData {
  readonly kernels: ShardKernels;
  /** By thread number (i32): the id of the thread that searches under it, 0 for none. Number 0 is the main thread's. */
  readonly owners: SharedArrayBuffer;
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

/** Past so many (1 MiB) an answer goes out: queries that each meet a heap would together fill the memory. */
const maxPairsPerAnswer = 131_072;

const { kernels, owners }: IndexWorkerData = workerData;
const ownerWords = new Int32Array(owners);
const thread = claimThreadNumber();
/** By shard number: a shard's memory is the same for as long as the process lives. */
const searchers = new Map<number, ShardSearcher>();

/** MD5, SHA-1 and SHA-256 of a body. */
export function digests(bytes: Uint8Array): Digests {
  return digestsOf(bytes);
}

/** Pairs (slot, distance), one array a query, for the first queries: at least one, and no more once their pairs are many. */
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

/** Rebuilds the tables of a shard; returns when nobody can see what they replaced. */
export function compact({ shard, added, tailTo }: CompactTask): void {
  new ShardCompactor(kernels, shard, ownerWords).merge(added, tailTo);
}

/** A thread number that no living thread has. */
function claimThreadNumber(): number {
  for (let number = 1; number < ownerWords.length; number++) {
    if (Atomics.compareExchange(ownerWords, number, 0, threadId) === 0) return number;
  }
  throw new Error(`all ${ownerWords.length - 1} numbers of search threads are taken`);
}
