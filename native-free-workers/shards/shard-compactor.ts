import { bands, control, controlAt, controlWords, hashBytes, type Layout, maxThreads } from './shard-layout.js';
import type { ShardHandle, ShardKernels } from './shard-memory.js';

/** Exports of assembly/multi-index.ts. */
interface TableBuilder {
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
}

const searchTimeoutMs = 10_000;

/** Rebuilds the tables of a shard while others search it. Only one thread may compact a shard at a time. */
export class ShardCompactor {
  private readonly words: Int32Array;
  private readonly kernel: TableBuilder;

  constructor(
    kernels: ShardKernels,
    private readonly shard: ShardHandle,
    /** By thread number: the thread id, or 0 if the thread has ended. Without it, all count as alive. */
    private readonly owners?: Int32Array,
  ) {
    // The kernel's exports have no types of their own.
    this.kernel = new WebAssembly.Instance(kernels.multiIndex, { env: { memory: shard.memory } })
      .exports as unknown as TableBuilder;
    this.words = new Int32Array(shard.memory.buffer, controlAt, controlWords);
  }

  /** Builds all tables from rows `0` to `rows - 1`. */
  rebuild(rows: number, tailTo: number): void {
    const { layout } = this.shard;
    this.replaceTables((band, table) => this.kernel.build(layout.rows, rows, layout.dead, band, table, layout.capacity), tailTo);
  }

  /** From the current tables, without dead rows and with the rows `added`. */
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
   * Swaps in one table at a time, so compaction needs room for one extra table. On return, the tail up to `tailTo` can be
   * overwritten.
   */
  private replaceTables(build: (band: number, table: number) => number, tailTo: number): void {
    const { words } = this;
    let covered = 0;
    // After a compaction that timed out, a search may still be reading the spare table.
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

  /** @throws Error after 10 s. */
  private waitForSearches(): void {
    const { words } = this;
    const epoch = Atomics.add(words, control.epoch, 1) + 1;
    const giveUpAt = performance.now() + searchTimeoutMs;
    for (let thread = 0; thread < maxThreads; thread++) {
      for (;;) {
        const active = Atomics.load(words, control.active + thread);
        if (active === 0 || active >= epoch || this.isGone(thread)) break;
        if (performance.now() > giveUpAt) {
          throw new Error(
            `compaction stopped: search thread ${thread} has not finished a search in ${searchTimeoutMs / 1_000} s`,
          );
        }
        Atomics.wait(words, control.active + thread, active, 1);
      }
    }
  }

  /** A thread that dies during a search never clears its announcement. */
  private isGone(thread: number): boolean {
    return thread > 0 && this.owners !== undefined && Atomics.load(this.owners, thread) === 0;
  }
}

function sortedByBand(rows: Uint32Array, band: number, memory: WebAssembly.Memory, layout: Layout): Uint32Array {
  const values = new Uint16Array(memory.buffer, layout.rows, layout.capacity * (hashBytes / 2));
  // Exact in a float64: 16 bits of value, 32 bits of row number. Typed arrays sort numbers without a callback.
  const keys = Float64Array.from(rows, (row) => (values[row * (hashBytes / 2) + band] ?? 0) * 2 ** 32 + row);
  return Uint32Array.from(keys.sort(), (key) => key % 2 ** 32);
}
