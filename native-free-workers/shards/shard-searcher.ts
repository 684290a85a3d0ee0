import { control, controlAt, controlWords, hitCapacity, masksAt, scratch, scratchOf } from './shard-layout.js';
import type { ShardHandle, ShardKernels } from './shard-memory.js';

/** Exports of assembly/scan.ts. */
interface LinearScan {
  scan(hashes: number, first: number, count: number, query: number, radius: number, out: number, capacity: number): number;
}

/** Exports of assembly/multi-index.ts. */
interface TableSearch {
  candidates(tables: number, query: number, radius: number, masks: number, ranges: number): number;
  search(
    rowsAt: number,
    tableCapacity: number,
    query: number,
    radius: number,
    ranges: number,
    out: number,
    capacity: number,
  ): number;
}

const maxTableRadius = 63;
/** With more candidates (heaps of near-identical hashes) a scan is cheaper: a candidate costs about two rows (measured). */
const maxCandidateShare = 0.4;
/** Up to this many rows, a scan is as fast as a look into 272 buckets. */
const alwaysScannedRows = 8_192;
const counterMask = 0x7fffffff;

const nothing = new Uint32Array(0);

export class ShardSearcher {
  private readonly words: Int32Array;
  /** The memory never grows. A view for each search would cost more than an empty search. */
  private readonly bytes: Uint8Array;
  private readonly pairs: Uint32Array;
  private readonly scan: LinearScan['scan'];
  private readonly kernel: TableSearch;
  private readonly scratch: number;

  constructor(
    kernels: ShardKernels,
    private readonly shard: ShardHandle,
    private readonly thread: number,
  ) {
    const imports = { env: { memory: shard.memory } };
    // The kernels' exports have no types of their own.
    this.scan = (new WebAssembly.Instance(kernels.scan, imports).exports as unknown as LinearScan).scan;
    this.kernel = new WebAssembly.Instance(kernels.multiIndex, imports).exports as unknown as TableSearch;
    this.words = new Int32Array(shard.memory.buffer, controlAt, controlWords);
    this.bytes = new Uint8Array(shard.memory.buffer);
    this.pairs = new Uint32Array(shard.memory.buffer);
    this.scratch = scratchOf(thread);
    // An earlier thread with this number may have died during a search.
    Atomics.store(this.words, control.active + thread, 0);
  }

  /**
   * Finds hashes within `radius` (0-256) of `query` (32 bytes). Returns pairs (slot, distance); slots from `capacity` on are
   * places of the tail. The caller must drop rows that were removed or moved moments ago.
   */
  search(query: Uint8Array, radius: number): Uint32Array<ArrayBuffer> {
    const { words, thread } = this;
    this.bytes.set(query, this.scratch + scratch.query);
    // Announced before the first read: the compactor overwrites nothing that this search can see.
    Atomics.store(words, control.active + thread, Atomics.load(words, control.epoch));
    try {
      // An entry leaves the tail only when all tables hold it.
      const tail = this.searchTail(radius);
      const rows = this.searchTables(radius);
      return tail.length === 0 ? rows : concatenate([rows, tail]);
    } finally {
      Atomics.store(words, control.active + thread, 0);
      Atomics.notify(words, control.active + thread);
    }
  }

  private searchTail(radius: number): Uint32Array<ArrayBuffer> {
    const { tail, tailCapacity, capacity } = this.shard.layout;
    const from = Atomics.load(this.words, control.tailFrom);
    const length = (Atomics.load(this.words, control.tailTo) - from) & counterMask;
    if (length === 0) return nothing;
    const first = from % tailCapacity;
    const end = Math.min(first + length, tailCapacity);
    const parts = [this.scanRows(tail, first, end, radius, capacity)];
    if (end - first < length) parts.push(this.scanRows(tail, 0, length - (end - first), radius, capacity));
    return concatenate(parts);
  }

  private searchTables(radius: number): Uint32Array<ArrayBuffer> {
    const { kernel, scratch: page, words } = this;
    const { rows, capacity } = this.shard.layout;
    const covered = Atomics.load(words, control.covered);
    if (covered === 0) return nothing;
    const query = page + scratch.query;
    const usesTables = covered > alwaysScannedRows && radius <= maxTableRadius;
    const ranges = page + scratch.ranges;
    const candidates = usesTables ? kernel.candidates(controlAt, query, radius, masksAt, ranges) >>> 0 : 0;
    if (usesTables && candidates <= covered * maxCandidateShare) {
      const hits = page + scratch.hits;
      const found = kernel.search(rows, capacity, query, radius, ranges, hits, hitCapacity);
      if (found >= 0) return this.copyPairs(hits, found);
    }
    return this.scanRows(rows, 0, Atomics.load(words, control.rows), radius, 0);
  }

  /** The next search overwrites the pairs. */
  private copyPairs(at: number, count: number): Uint32Array<ArrayBuffer> {
    return count === 0 ? nothing : this.pairs.slice(at / 4, at / 4 + count * 2);
  }

  /** Scans the rows `first` to `end - 1` at `at`. Adds `offset` to the row numbers. */
  private scanRows(at: number, first: number, end: number, radius: number, offset: number): Uint32Array<ArrayBuffer> {
    const parts: Uint32Array[] = [];
    const hits = this.scratch + scratch.hits;
    for (let next = first, found = hitCapacity; found === hitCapacity; ) {
      found = this.scan(at, next, end, this.scratch + scratch.query, radius, hits, hitCapacity) >>> 0;
      const part = this.copyPairs(hits, found);
      next = (part.at(-2) ?? 0) + 1;
      for (let pair = 0; pair < part.length; pair += 2) part[pair] = (part[pair] ?? 0) + offset;
      parts.push(part);
    }
    return concatenate(parts);
  }
}

function concatenate(parts: readonly Uint32Array[]): Uint32Array<ArrayBuffer> {
  if (parts.length === 1 && parts[0]) return parts[0] as Uint32Array<ArrayBuffer>;
  const all = new Uint32Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
