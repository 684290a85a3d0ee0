/** Piscina entry in the service: digests of large bodies, and searches longer than a hop to a worker. */
import { workerData } from 'piscina';
import { type Digests, digestsOf } from './digests.js';
import { hashBytes, Scanner } from './scan.js';

export interface IndexWorkerData {
  readonly module: WebAssembly.Module;
  readonly memories: Readonly<Record<string, WebAssembly.Memory>>;
  /** One counter from which each worker draws its thread number; 0 is the main thread. */
  readonly threads: SharedArrayBuffer;
}

export interface SearchTask {
  readonly algorithm: string;
  /** Queries of 32 bytes, one after the other. */
  readonly queries: Uint8Array;
  readonly count: number;
  readonly radius: number;
}

const { module, memories, threads }: IndexWorkerData = workerData;
const thread = Atomics.add(new Int32Array(threads), 0, 1) + 1;
const scanners = new Map(Object.entries(memories).map(([name, memory]) => [name, new Scanner(module, memory, thread)]));

/** MD5, SHA-1 and SHA-256 of a body. */
export function digests(bytes: Uint8Array): Digests {
  return digestsOf(bytes);
}

/** Pairs (number, distance), one array a query. */
export function search({ algorithm, queries, count, radius }: SearchTask): Uint32Array[] {
  const scanner = scanners.get(algorithm);
  if (!scanner) throw new RangeError(`no segment of ${algorithm}`);
  return Array.from({ length: queries.length / hashBytes }, (_, number) =>
    scanner.search(count, queries.subarray(number * hashBytes, (number + 1) * hashBytes), radius),
  );
}
