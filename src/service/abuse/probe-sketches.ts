import { hkdfSync } from 'node:crypto';

/**
 * Counts the variants that one owner asked for around one picture (locality-sensitive hashing by bit samples, Indyk and Motwani
 * 1998): the distinct hashes, but no more than the bits that ever changed. Encodings of a picture are many but always change the same
 * few bits. Probes change a new bit each.
 *
 * Each table samples 16 secret bits of a hash. Hashes 8 bits apart share a slot three times in five, hashes 31 bits apart one
 * time in eight. A slot is one cache line of 16 words:
 *
 *     tag | born | lives | cells | 8 words: half of the first hash's bits | first cell | 3 unused
 *
 * From the second cell on, 16 words of `seen` hold the cells, and 8 words of `changed` hold the bits in which a hash differed from the
 * first.
 */
const tables = 4;
const bucketBits = 16;
const halfBits = 128;
/** About 64 of 256 bits: probes around one picture differ by 62 at most, unrelated photographs by 84 at least. */
const maxHalfDistance = 32;
/** Any other hash takes one life: a flood of other pictures must not erase probes. */
const livesPerHash = 4;
const maxLives = 64;

const words = 8;
const maxCells = 16 * 32;
const [tagAt, bornAt, livesAt, cellsAt, halfAt, firstCellAt] = [0, 1, 2, 3, 4, 12];
const slotWords = 16;

export interface SketchSettings {
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  /** Until the next sweep, a minute later at most. */
  readonly keptSeconds?: number;
  /** A power of two. 640 bytes each. */
  readonly slotsPerTable?: number;
}

export class ProbeSketches {
  private readonly slots: Int32Array;
  private readonly seen: Int32Array;
  private readonly changed: Int32Array;
  private readonly slotsPerTable: number;
  private readonly keptSeconds: number;
  private readonly now: () => number;
  private readonly buckets: readonly Sample[];
  private readonly cells: Sample;
  private readonly half: Int32Array;
  /** The hash being counted. */
  private readonly bytes = Buffer.alloc(words * 4);
  private readonly hash = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, words);

  /** `key`: 32 secret bytes. */
  constructor(
    key: Uint8Array,
    { now = () => performance.now(), keptSeconds = 540, slotsPerTable = 1 << 14 }: SketchSettings = {},
  ) {
    this.now = now;
    this.keptSeconds = keptSeconds;
    this.slotsPerTable = slotsPerTable;
    this.slots = new Int32Array(tables * slotsPerTable * slotWords);
    this.seen = new Int32Array(this.slots.length);
    this.changed = new Int32Array(this.slots.length / 2);
    const draw = drawsFrom(key);
    this.buckets = Array.from({ length: tables }, () => new Sample(draw, bucketBits));
    this.cells = new Sample(draw, words * 32);
    this.half = maskOf(draw, halfBits);
  }

  /** `owner`: stands for a key. Estimates the variants around this hash, itself included. */
  add(owner: number, pdq: string): number {
    const { hash } = this;
    this.bytes.write(pdq, 'hex');
    const second = this.second();
    const cell = this.cells.of(hash, 0) % maxCells;
    const { slotsPerTable } = this;
    let variants = 1;
    for (let table = 0; table < tables; table++) {
      const sample = this.buckets[table] ?? this.cells;
      const tag = sample.of(hash, owner);
      const slot = (table * slotsPerTable + (tag % slotsPerTable)) * slotWords;
      variants = Math.max(variants, this.count(slot, tag | 0, cell, second));
    }
    return variants;
  }

  sweep(): void {
    const second = this.second();
    for (let slot = 0; slot < this.slots.length; slot += slotWords) {
      if (!this.isOver(slot, second)) continue;
      this.slots.fill(0, slot, slot + slotWords);
      this.seen.fill(0, slot, slot + slotWords);
    }
  }

  /** For tests. */
  get size(): number {
    let size = 0;
    for (let slot = bornAt; slot < this.slots.length; slot += slotWords) if (this.slots[slot] !== 0) size++;
    return size;
  }

  /** Starts at 1, because 0 marks an empty slot. */
  private second(): number {
    return 1 + Math.floor(this.now() / 1_000);
  }

  private isOver(slot: number, second: number): boolean {
    const born = this.slots[slot + bornAt] ?? 0;
    return born !== 0 && second - born >= this.keptSeconds;
  }

  private count(slot: number, tag: number, cell: number, second: number): number {
    const { slots } = this;
    const isFree = slots[slot + bornAt] === 0 || this.isOver(slot, second);
    if (!isFree && (slots[slot + tagAt] !== tag || !this.isNear(slot))) {
      const lives = (slots[slot + livesAt] ?? 0) - 1;
      slots[slot + livesAt] = lives;
      if (lives > 0) return 1;
      this.begin(slot, tag, second);
    } else if (isFree) this.begin(slot, tag, second);
    slots[slot + livesAt] = Math.min(maxLives, (slots[slot + livesAt] ?? 0) + livesPerHash);
    const cells = slots[slot + cellsAt] ?? 0;
    if (cells === 0) slots[slot + firstCellAt] = cell;
    else if (cells === 1) {
      const first = slots[slot + firstCellAt] ?? 0;
      if (first === cell) return 1;
      this.seen.fill(0, slot, slot + slotWords);
      this.changed.fill(0, slot / 2, slot / 2 + words);
      this.see(slot, first);
      this.see(slot, cell);
      this.change(slot);
    } else {
      this.change(slot);
      if (!this.see(slot, cell)) return this.variantsIn(slot);
    }
    slots[slot + cellsAt] = cells + 1;
    return this.variantsIn(slot);
  }

  /** False when the cell was seen before. */
  private see(slot: number, cell: number): boolean {
    const word = slot + (cell >>> 5);
    const before = this.seen[word] ?? 0;
    const after = before | (1 << (cell & 31));
    this.seen[word] = after;
    return after !== before;
  }

  private change(slot: number): void {
    const { slots, changed, hash, half } = this;
    for (let at = 0; at < words; at++) {
      const difference = ((hash[at] ?? 0) & (half[at] ?? 0)) ^ (slots[slot + halfAt + at] ?? 0);
      changed[slot / 2 + at] = (changed[slot / 2 + at] ?? 0) | difference;
    }
  }

  private variantsIn(slot: number): number {
    const cells = this.slots[slot + cellsAt] ?? 0;
    if (cells < 2) return 1;
    let bits = 0;
    for (let at = 0; at < words; at++) bits += ones(this.changed[slot / 2 + at] ?? 0);
    // Every second bit is kept.
    return Math.min(distinctOf(cells), 2 + 2 * bits);
  }

  private begin(slot: number, tag: number, second: number): void {
    const { slots, hash, half } = this;
    slots[slot + cellsAt] = 0;
    slots[slot + tagAt] = tag;
    slots[slot + bornAt] = second;
    // One life after the first hash is counted.
    slots[slot + livesAt] = 1 - livesPerHash;
    for (let at = 0; at < words; at++) slots[slot + halfAt + at] = (hash[at] ?? 0) & (half[at] ?? 0);
  }

  private isNear(slot: number): boolean {
    const { slots, hash, half } = this;
    let distance = 0;
    for (let at = 0; at < words; at++) distance += ones(((hash[at] ?? 0) & (half[at] ?? 0)) ^ (slots[slot + halfAt + at] ?? 0));
    return distance <= maxHalfDistance;
  }
}

/** Linear counting (Whang et al. 1990), as two hashes may share a cell. */
function distinctOf(cells: number): number {
  const free = Math.max(1, maxCells - cells);
  return Math.round(-maxCells * Math.log(free / maxCells));
}

class Sample {
  private readonly mask: Int32Array;
  private readonly seed: number;

  constructor(draw: () => number, bits: number) {
    this.mask = maskOf(draw, bits);
    this.seed = (draw() << 16) ^ draw();
  }

  of(hash: Int32Array, owner: number): number {
    let mixed = this.seed ^ Math.imul(owner, 0x9e3779b1);
    for (let at = 0; at < words; at++) {
      mixed = Math.imul(mixed ^ ((hash[at] ?? 0) & (this.mask[at] ?? 0)), 0x85ebca6b);
      mixed ^= mixed >>> 15;
    }
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  }
}

/** Numbers below 2^16. */
function drawsFrom(key: Uint8Array): () => number {
  const stream = new DataView(hkdfSync('sha256', key, '', 'vigie probe sketches', 2 * 600));
  let at = 0;
  return () => {
    at += 2;
    return stream.getUint16(at - 2);
  };
}

/** `bits` of 256 bits, as 8 words. */
function maskOf(draw: () => number, bits: number): Int32Array {
  const places = Array.from({ length: words * 32 }, (_, place) => place);
  const mask = new Int32Array(words);
  for (let drawn = 0; drawn < bits; drawn++) {
    const [place = 0] = places.splice(draw() % places.length, 1);
    mask[place >>> 5] = (mask[place >>> 5] ?? 0) | (1 << (place & 31));
  }
  return mask;
}

function ones(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return (((bits + (bits >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}
