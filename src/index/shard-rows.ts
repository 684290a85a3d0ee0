import { ShardCompactor } from '../../native-free-workers/shards/shard-compactor.js';
import { control, controlAt, controlWords, hashBytes } from '../../native-free-workers/shards/shard-layout.js';
import type { ShardHandle, ShardKernels } from '../../native-free-workers/shards/shard-memory.js';
import { ShardSearcher } from '../../native-free-workers/shards/shard-searcher.js';
import { int32s } from './growable.js';
import type { HashTable } from './hash-table.js';

/** What a compaction takes up: rows that get into the tables, and how far the tail is let go. */
export interface CompactionPlan {
  readonly added: Uint32Array;
  readonly tailTo: number;
  /** Where in the tail each added row came from. */
  readonly from: Uint32Array;
}

/** Changes that make a compaction worth its while; past a share of the rows in any case. */
const changesWorthIt = 16_384;
const shareWorthIt = 1 / 64;
const wrap = 0x7fffffff;

/**
 * The writing side of a shard, on the main thread: which ordinal lies in which slot, and what a compaction is to do.
 *
 * A new hash goes to the tail, where it is found by scanning. A compaction gives it a row, has all tables built with it, and lets go of
 * its place in the tail. A removed hash is gone at once for the hash table; the next tables leave its row out, and after them the row
 * is free for another.
 */
export class ShardRows {
  readonly searcher: ShardSearcher;
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly rowOrdinals = int32s();
  private readonly tailOrdinals: Int32Array;
  private readonly free: number[] = [];
  /** Rows to be left out by the next tables. */
  private doomed: number[] = [];
  /** Rows the tables under construction leave out. */
  private leaving: number[] = [];
  private rows = 0;
  private tailFrom = 0;
  private tailTo = 0;

  constructor(
    kernels: ShardKernels,
    readonly handle: ShardHandle,
  ) {
    this.searcher = new ShardSearcher(kernels, handle, 0);
    this.words = new Int32Array(handle.memory.buffer, controlAt, controlWords);
    this.bytes = new Uint8Array(handle.memory.buffer);
    this.tailOrdinals = new Int32Array(handle.layout.tailCapacity);
  }

  /** Hashes a scan would compare, and those waiting in the tail. */
  get extent(): { rows: number; tail: number } {
    return { rows: this.rows, tail: this.tailLength };
  }

  /** Puts a hash in the tail; undefined when the tail is full. Found from now on. */
  append(ordinal: number, value: Uint8Array): number | undefined {
    const { tail, tailCapacity, capacity } = this.handle.layout;
    if (this.tailLength >= tailCapacity || !this.hasRoom) return undefined;
    const place = this.tailTo % tailCapacity;
    this.bytes.set(value, tail + place * hashBytes);
    this.tailOrdinals[place] = ordinal;
    this.tailTo = (this.tailTo + 1) & wrap;
    Atomics.store(this.words, control.tailTo, this.tailTo);
    return capacity + place;
  }

  /** Puts a hash straight into a row, for a shard nobody searches yet; undefined when it is full. Found once the tables are built. */
  load(ordinal: number, value: Uint8Array): number | undefined {
    return this.rows >= this.handle.layout.capacity ? undefined : this.setRow(ordinal, value);
  }

  /** Leaves the hash in `slot` out of the next tables; in the tail it has no row yet. */
  remove(slot: number): void {
    const { dead, capacity } = this.handle.layout;
    // Once only: a row that was freed twice would be given to two hashes.
    if (slot >= capacity || this.bytes[dead + slot] !== 0) return;
    this.bytes[dead + slot] = 1;
    this.doomed.push(slot);
  }

  ordinalOf(slot: number): number {
    const { capacity } = this.handle.layout;
    return slot < capacity ? this.rowOrdinals.get(slot) : (this.tailOrdinals[slot - capacity] ?? 0);
  }

  /** The 32 bytes in a slot. */
  valueOf(slot: number): Uint8Array {
    const { rows, tail, capacity } = this.handle.layout;
    const at = slot < capacity ? rows + slot * hashBytes : tail + (slot - capacity) * hashBytes;
    return this.bytes.subarray(at, at + hashBytes);
  }

  /** True when enough has changed since the last tables. */
  isWorthCompacting(): boolean {
    const changes = this.tailLength + this.doomed.length;
    return this.tailLength >= changesWorthIt || changes >= Math.max(changesWorthIt, this.rows * shareWorthIt);
  }

  /** Gives the living hashes of the tail a row, and says what the tables must take up. One compaction at a time. */
  plan(table: HashTable): CompactionPlan {
    const { tail, tailCapacity, capacity } = this.handle.layout;
    const added: number[] = [];
    const from: number[] = [];
    let tailTo = this.tailFrom;
    // After a failed compaction the rows it gave away are free only with the next: what finds none stays in the tail.
    for (; tailTo !== this.tailTo && this.rowsLeft > 0; tailTo = (tailTo + 1) & wrap) {
      const number = tailTo;
      const place = number % tailCapacity;
      const ordinal = this.tailOrdinals[place] ?? 0;
      if (!table.liesIn(ordinal, this.handle.id, capacity + place)) continue;
      const row = this.setRow(ordinal, this.bytes.subarray(tail + place * hashBytes, tail + (place + 1) * hashBytes));
      table.move(ordinal, row);
      added.push(row);
      from.push(capacity + place);
    }
    this.leaving = this.doomed;
    this.doomed = [];
    return { added: Uint32Array.from(added), tailTo, from: Uint32Array.from(from) };
  }

  /** The tables are in place, and no search is under way that saw what they replaced: rows they left out are free, and so is the tail's part. */
  finish({ tailTo }: CompactionPlan): void {
    for (const row of this.leaving) this.free.push(row);
    this.leaving = [];
    this.tailFrom = tailTo;
  }

  /** The tables were not all built: everything is where it was, and rows that some of them may hold already are left out by the next. */
  abandon({ added, from }: CompactionPlan, table: HashTable): void {
    for (const [at, row] of added.entries()) {
      const ordinal = this.rowOrdinals.get(row);
      if (table.liesIn(ordinal, this.handle.id, row)) table.move(ordinal, from[at] ?? 0);
      this.remove(row);
    }
    for (const row of this.leaving) this.doomed.push(row);
    this.leaving = [];
    // It may have let go of the tail already: what was put back there is to be found there.
    Atomics.store(this.words, control.tailFrom, this.tailFrom);
  }

  /** True while there is a row for one more than wait in the tail. */
  get hasRoom(): boolean {
    return this.rowsLeft > this.tailLength;
  }

  /** Builds all tables here and now: for a shard nobody searches yet. */
  build(kernels: ShardKernels): void {
    new ShardCompactor(kernels, this.handle).rebuild(this.rows, this.tailTo);
  }

  private get tailLength(): number {
    return (this.tailTo - this.tailFrom) & wrap;
  }

  private get rowsLeft(): number {
    return this.handle.layout.capacity - this.rows + this.free.length;
  }

  private setRow(ordinal: number, value: Uint8Array): number {
    const { rows, dead } = this.handle.layout;
    const row = this.free.pop() ?? this.rows++;
    this.bytes.set(value, rows + row * hashBytes);
    this.bytes[dead + row] = 0;
    this.rowOrdinals.set(row, ordinal);
    Atomics.store(this.words, control.rows, this.rows);
    return row;
  }
}
