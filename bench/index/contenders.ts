import { readFile } from 'node:fs/promises';
import { ShardCompactor } from '../../native-free-workers/shards/shard-compactor.js';
import {
  control,
  controlAt,
  controlWords,
  hashBytes,
  hitCapacity,
  layoutOf,
  scratch,
  scratchOf,
} from '../../native-free-workers/shards/shard-layout.js';
import { createShard, type ShardHandle, type ShardKernels } from '../../native-free-workers/shards/shard-memory.js';
import { ShardSearcher } from '../../native-free-workers/shards/shard-searcher.js';
import { built } from '../../src/package-root.js';

/** Pairs of hash number and distance, in any order. */
export type Hits = Uint32Array;

export interface Contender {
  readonly engine: string;
  readonly buildMs: number;
  readonly bytesPerHash: number;
  readonly exact: boolean;
  search(query: Uint8Array, radius: number): Hits | Promise<Hits>;
}

const pageBytes = 64 * 1024;
const tailRows = 64;
const scanThread = 1;

export async function loadKernels(): Promise<ShardKernels> {
  const compile = async (name: string) => WebAssembly.compile(await readFile(built(`native-free-workers/${name}.wasm`)));
  return { scan: await compile('scan'), multiIndex: await compile('multi-index') };
}

export class MultiIndex implements Contender {
  readonly engine = 'multi-index';
  readonly exact = true;
  readonly bytesPerHash: number;
  readonly shard: ShardHandle;
  buildMs = 0;
  private readonly searcher: ShardSearcher;
  private readonly compactor: ShardCompactor;

  constructor(kernels: ShardKernels, hashes: Uint8Array) {
    const count = hashes.length / hashBytes;
    this.shard = createShard(1, layoutOf(count, tailRows));
    this.searcher = new ShardSearcher(kernels, this.shard, 0);
    this.compactor = new ShardCompactor(kernels, this.shard);
    const { pages, rows } = this.shard.layout;
    // The scratch regions before the rows are hardly ever touched, so they do not count.
    this.bytesPerHash = (pages * pageBytes - rows) / count;
    this.fill(hashes);
  }

  fill(hashes: Uint8Array): void {
    const { memory, layout } = this.shard;
    new Uint8Array(memory.buffer).set(hashes, layout.rows);
    const count = hashes.length / hashBytes;
    Atomics.store(new Int32Array(memory.buffer, controlAt, controlWords), control.rows, count);
    const startedAt = performance.now();
    this.compactor.rebuild(count, 0);
    this.buildMs = performance.now() - startedAt;
  }

  search(query: Uint8Array, radius: number): Hits {
    return this.searcher.search(query, radius);
  }
}

type ScanFunction = (
  rows: number,
  first: number,
  end: number,
  query: number,
  radius: number,
  out: number,
  room: number,
) => number;

export class LinearScan implements Contender {
  readonly engine = 'linear-scan';
  readonly exact = true;
  readonly buildMs = 0;
  readonly bytesPerHash = hashBytes;
  private readonly scan: ScanFunction;

  constructor(
    kernels: ShardKernels,
    private readonly shard: ShardHandle,
  ) {
    // The signature is in native-free-workers/assembly/scan.ts.
    this.scan = new WebAssembly.Instance(kernels.scan, { env: { memory: shard.memory } }).exports.scan as ScanFunction;
  }

  search(query: Uint8Array, radius: number): Hits {
    const { memory, layout } = this.shard;
    const at = scratchOf(scanThread);
    new Uint8Array(memory.buffer, at, hashBytes).set(query);
    const hits: number[] = [];
    for (let first = 0, found = hitCapacity; found === hitCapacity; ) {
      found = this.scan(layout.rows, first, layout.capacity, at, radius, at + scratch.hits, hitCapacity) >>> 0;
      const part = new Uint32Array(memory.buffer, at + scratch.hits, found * 2);
      first = (part.at(-2) ?? 0) + 1;
      for (const word of part) hits.push(word);
    }
    return Uint32Array.from(hits);
  }
}
