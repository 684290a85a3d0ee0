import { ShardCompactor } from '../../native-free-workers/shards/shard-compactor.js';
import { control, controlAt, controlWords, hashBytes } from '../../native-free-workers/shards/shard-layout.js';
import type { ShardHandle, ShardKernels } from '../../native-free-workers/shards/shard-memory.js';
import { ShardSearcher } from '../../native-free-workers/shards/shard-searcher.js';
import { int32s } from './growable.js';
import type { HashTable } from './hash-table.js';

export interface CompactionPlan {
  readonly added: Uint32Array;
  readonly tailTo: number;
  /** Slots in the tail. */
  readonly from: Uint32Array;
}

const changesWorthIt = 16_384;
const shareWorthIt = 1 / 64;
const wrap = 0x7fffffff;

/**
 * A new hash goes to the tail, which searches scan. A compaction moves it to a row and builds all tables with it. The hash
 * table forgets a removed hash at once; the next tables leave out its row, which is then free again.
 */
export class ShardRows {
  readonly searcher: ShardSearcher;
  private readonly words: Int32Array;
  private readonly bytes: Uint8Array;
  private readonly rowOrdinals = int32s();
  private readonly tailOrdinals: Int32Array;
  private readonly free: number[] = [];
  private removedRows: number[] = [];
  private rowsBeingRemoved: number[] = [];
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

  get extent(): { rows: number; tail: number } {
    return { rows: this.rows, tail: this.tailLength };
  }

  /** Returns the slot in the tail; undefined when there is no room. */
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

  /** For a shard that is not searched yet. Returns the row; undefined when the shard is full. */
  load(ordinal: number, value: Uint8Array): number | undefined {
    return this.rows >= this.handle.layout.capacity ? undefined : this.setRow(ordinal, value);
  }

  remove(slot: number): void {
    const { dead, capacity } = this.handle.layout;
    // A row freed twice would be given to two hashes.
    if (slot >= capacity || this.bytes[dead + slot] !== 0) return;
    this.bytes[dead + slot] = 1;
    this.removedRows.push(slot);
  }

  ordinalOf(slot: number): number {
    const { capacity } = this.handle.layout;
    return slot < capacity ? this.rowOrdinals.get(slot) : (this.tailOrdinals[slot - capacity] ?? 0);
  }

  valueOf(slot: number): Uint8Array {
    const { rows, tail, capacity } = this.handle.layout;
    const at = slot < capacity ? rows + slot * hashBytes : tail + (slot - capacity) * hashBytes;
    return this.bytes.subarray(at, at + hashBytes);
  }

  isWorthCompacting(): boolean {
    const changes = this.tailLength + this.removedRows.length;
    return this.tailLength >= changesWorthIt || changes >= Math.max(changesWorthIt, this.rows * shareWorthIt);
  }

  /** One compaction at a time. */
  plan(table: HashTable): CompactionPlan {
    const { tail, tailCapacity, capacity } = this.handle.layout;
    const added: number[] = [];
    const from: number[] = [];
    let tailTo = this.tailFrom;
    // Too few rows may be free after a failed compaction.
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
    this.rowsBeingRemoved = this.removedRows;
    this.removedRows = [];
    return { added: Uint32Array.from(added), tailTo, from: Uint32Array.from(from) };
  }

  /** Call it after the last search of the old tables. */
  finish({ tailTo }: CompactionPlan): void {
    for (const row of this.rowsBeingRemoved) {
      this.valueOf(row).fill(0);
      this.free.push(row);
    }
    this.rowsBeingRemoved = [];
    this.tailFrom = tailTo;
  }

  /** Undoes `plan`. The next tables leave out the added rows, because some tables may hold them already. */
  abandon({ added, from }: CompactionPlan, table: HashTable): void {
    for (const [at, row] of added.entries()) {
      const ordinal = this.rowOrdinals.get(row);
      if (table.liesIn(ordinal, this.handle.id, row)) table.move(ordinal, from[at] ?? 0);
      this.remove(row);
    }
    for (const row of this.rowsBeingRemoved) this.removedRows.push(row);
    this.rowsBeingRemoved = [];
    // The compaction may have moved the start of the tail already.
    Atomics.store(this.words, control.tailFrom, this.tailFrom);
  }

  get hasRoom(): boolean {
    return this.rowsLeft > this.tailLength;
  }

  /** For a shard that is not searched yet. */
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
