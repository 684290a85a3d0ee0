/** A shard: one shared memory full of hashes, searched by any number of threads while one thread rebuilds its tables. */
import {
  bands,
  control,
  controlAt,
  controlWords,
  hashBytes,
  hitCapacity,
  type Layout,
  masksAt,
  scratch,
  scratchOf,
  startsBytes,
  threads,
} from './shard-layout.js';

export interface ShardKernels {
  readonly scan: WebAssembly.Module;
  readonly multiIndex: WebAssembly.Module;
}

/** What a thread needs to attach to a shard. */
export interface ShardHandle {
  readonly id: number;
  readonly memory: WebAssembly.Memory;
  readonly layout: Layout;
}

interface ScanExports {
  scan(hashes: number, first: number, count: number, query: number, radius: number, out: number, capacity: number): number;
}

interface MultiIndexExports {
  build(rowsAt: number, rows: number, dead: number, band: number, table: number, capacity: number): number;
  merge(
    rowsAt: number,
    dead: number,
    band: number,
    old: number,
    added: number,
    count: number,
    table: number,
    capacity: number,
  ): number;
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

/** The largest radius the tables answer; wider ones are scanned. */
const widestRadius = 63;
/**
 * A search whose buckets hold more than this share of all hashes is a scan done badly: heaps of near-identical hashes. Measured: a
 * candidate costs about twice what a row of the linear scan does.
 */
const heapShare = 0.4;
/** Rows up to which scanning them all is as fast as looking into 272 buckets. */
const scannedAnyway = 8_192;

/** Makes the memory of a shard, empty: all-zero tables are tables without a hash. */
export function createShard(id: number, layout: Layout): ShardHandle {
  const memory = new WebAssembly.Memory({ initial: layout.pages, maximum: layout.pages, shared: true });
  const words = new Int32Array(memory.buffer, controlAt, controlWords);
  for (let table = 0; table <= bands; table++) words[control.tables + table] = layout.tables + table * layout.tableBytes;
  words[control.epoch] = 1;
  new Uint16Array(memory.buffer, masksAt, 697).set(masks());
  return { id, memory, layout };
}

/** Empties a shard that nobody searches any more, to be used again: V8 never gives the memory back. */
export function emptyShard({ memory, layout }: ShardHandle): void {
  const words = new Int32Array(memory.buffer, controlAt, control.active);
  const epoch = Atomics.load(words, control.epoch);
  words.fill(0, control.spare + 1);
  Atomics.store(words, control.epoch, epoch + 1);
  for (let table = 0; table <= bands; table++) {
    new Uint8Array(memory.buffer, layout.tables + table * layout.tableBytes, startsBytes).fill(0);
  }
}

/** All 16-bit values of up to three set bits, by number of bits: 1 + 16 + 120 + 560. */
function masks(): number[] {
  const byBits: number[][] = [[], [], [], []];
  for (let value = 0; value < 65_536; value++) byBits[bitsOf(value)]?.push(value);
  return byBits.flat();
}

function bitsOf(value: number): number {
  let count = 0;
  for (let bits = value; bits > 0; bits &= bits - 1) count++;
  return count;
}

const nothing = new Uint32Array(0);

/** One thread's way to search a shard. */
export class ShardSearcher {
  private readonly words: Int32Array;
  /** The whole memory, which never grows: a view a search would cost more than an empty answer does. */
  private readonly bytes: Uint8Array;
  private readonly pairs: Uint32Array;
  private readonly scan: ScanExports['scan'];
  private readonly kernel: MultiIndexExports;
  private readonly scratch: number;

  constructor(
    kernels: ShardKernels,
    private readonly shard: ShardHandle,
    private readonly thread: number,
  ) {
    const imports = { env: { memory: shard.memory } };
    // The exports are those of assembly/scan.ts and assembly/multi-index.ts.
    this.scan = (new WebAssembly.Instance(kernels.scan, imports).exports as unknown as ScanExports).scan;
    this.kernel = new WebAssembly.Instance(kernels.multiIndex, imports).exports as unknown as MultiIndexExports;
    this.words = new Int32Array(shard.memory.buffer, controlAt, controlWords);
    this.bytes = new Uint8Array(shard.memory.buffer);
    this.pairs = new Uint32Array(shard.memory.buffer);
    this.scratch = scratchOf(thread);
    // Of a thread before that died in a search.
    Atomics.store(this.words, control.active + thread, 0);
  }

  /**
   * Every hash within `radius` (0-256) of `query` (32 bytes): pairs (slot, distance), where slots from `capacity` on are places of the
   * tail. Rows that died or moved lately may still be among them: the caller knows which.
   */
  search(query: Uint8Array, radius: number): Uint32Array<ArrayBuffer> {
    const { words, thread } = this;
    this.bytes.set(query, this.scratch + scratch.query);
    // Announced before anything is read: what this search can still see is not written over until it is done (see compact.ts).
    Atomics.store(words, control.active + thread, Atomics.load(words, control.epoch));
    try {
      // The tail before the tables: an entry leaves the tail only when all tables hold it.
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
    const length = (Atomics.load(this.words, control.tailTo) - from) & 0x7fffffff;
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
    const worthIt = covered > scannedAnyway && radius <= widestRadius;
    const ranges = page + scratch.ranges;
    const candidates = worthIt ? kernel.candidates(controlAt, query, radius, masksAt, ranges) >>> 0 : 0;
    if (worthIt && candidates <= covered * heapShare) {
      const hits = page + scratch.hits;
      const found = kernel.search(rows, capacity, query, radius, ranges, hits, hitCapacity);
      if (found >= 0) return this.found(hits, found);
    }
    return this.scanRows(rows, 0, Atomics.load(words, control.rows), radius, 0);
  }

  /** A copy of so many pairs: the next search writes over them. */
  private found(at: number, count: number): Uint32Array<ArrayBuffer> {
    return count === 0 ? nothing : this.pairs.slice(at / 4, at / 4 + count * 2);
  }

  /** Linear scan of the rows `first` to `end - 1` at `at`; `offset` is added to the numbers. */
  private scanRows(at: number, first: number, end: number, radius: number, offset: number): Uint32Array<ArrayBuffer> {
    const parts: Uint32Array[] = [];
    const hits = this.scratch + scratch.hits;
    for (let next = first, found = hitCapacity; found === hitCapacity; ) {
      found = this.scan(at, next, end, this.scratch + scratch.query, radius, hits, hitCapacity) >>> 0;
      const part = this.found(hits, found);
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

/** One thread's way to rebuild the tables of a shard; one thread at a time. */
export class ShardCompactor {
  private readonly words: Int32Array;
  private readonly kernel: MultiIndexExports;

  constructor(
    kernels: ShardKernels,
    private readonly shard: ShardHandle,
    /** By thread number: who searches under it, 0 where that thread is no more. Absent: all are taken to live. */
    private readonly owners?: Int32Array,
  ) {
    this.kernel = new WebAssembly.Instance(kernels.multiIndex, { env: { memory: shard.memory } })
      .exports as unknown as MultiIndexExports;
    this.words = new Int32Array(shard.memory.buffer, controlAt, controlWords);
  }

  /** Builds all tables anew over rows `0` to `rows - 1`; for many rows at once, as at the start. */
  rebuild(rows: number, tailTo: number): void {
    const { layout } = this.shard;
    this.replaceTables((band, table) => this.kernel.build(layout.rows, rows, layout.dead, band, table, layout.capacity), tailTo);
  }

  /** Builds all tables anew from the standing ones: without dead rows, with the rows `added`. */
  merge(added: Uint32Array, tailTo: number): void {
    const { layout, memory } = this.shard;
    const list = new Uint32Array(memory.buffer, layout.added, added.length);
    this.replaceTables((band, table) => {
      list.set(sortedByBand(added, band, memory, layout));
      const old = Atomics.load(this.words, control.tables + band);
      return this.kernel.merge(layout.rows, layout.dead, band, old, layout.added, added.length, table, layout.capacity);
    }, tailTo);
  }

  /**
   * One table after the other is built into the spare one and put in its place; what it replaces becomes the spare once no search can see it any
   * more. So compaction needs room for one table more, not for sixteen. Then the tail up to `tailTo` is let go, and again all searches that
   * could see it are waited for: on return its places may be written over.
   */
  private replaceTables(build: (band: number, table: number) => number, tailTo: number): void {
    const { words } = this;
    let covered = 0;
    // After a compaction that gave up waiting, a search may still be in what is the spare table now.
    this.waitForSearches();
    for (let band = 0; band < bands; band++) {
      const spare = Atomics.load(words, control.spare);
      covered = build(band, spare);
      const old = Atomics.exchange(words, control.tables + band, spare);
      Atomics.store(words, control.spare, old);
      if (band === 0) Atomics.store(words, control.covered, Math.max(1, covered, Atomics.load(words, control.covered)));
      this.waitForSearches();
    }
    Atomics.store(words, control.covered, covered);
    Atomics.store(words, control.tailFrom, tailTo);
    this.waitForSearches();
  }

  /** Waits until every search that began before now has ended. @throws Error after 10 s: a search takes milliseconds. */
  private waitForSearches(): void {
    const { words } = this;
    const epoch = Atomics.add(words, control.epoch, 1) + 1;
    const giveUpAt = performance.now() + 10_000;
    for (let thread = 0; thread < threads; thread++) {
      for (;;) {
        const active = Atomics.load(words, control.active + thread);
        if (active === 0 || active >= epoch || this.isGone(thread)) break;
        if (performance.now() > giveUpAt) throw new Error(`thread ${thread} has been searching for 10 s`);
        Atomics.wait(words, control.active + thread, active, 1);
      }
    }
  }

  /** A thread that died in a search stays announced for ever. */
  private isGone(thread: number): boolean {
    return thread > 0 && this.owners !== undefined && Atomics.load(this.owners, thread) === 0;
  }
}

function sortedByBand(rows: Uint32Array, band: number, memory: WebAssembly.Memory, layout: Layout): Uint32Array {
  const values = new Uint16Array(memory.buffer, layout.rows, layout.capacity * (hashBytes / 2));
  // Value and number in one float: 16 + 32 bits are exact, and typed arrays sort numbers without a callback.
  const keys = Float64Array.from(rows, (row) => (values[row * (hashBytes / 2) + band] ?? 0) * 2 ** 32 + row);
  return Uint32Array.from(keys.sort(), (key) => key % 2 ** 32);
}
