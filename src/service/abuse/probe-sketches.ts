import { hkdfSync } from 'node:crypto';

/**
 * Counts the distinct PDQ hashes that one key asked for around one picture (locality-sensitive hashing by bit samples, Indyk and Motwani
 * 1998), in 8 MB, whatever the traffic.
 *
 * Each of four tables samples 16 secret bits of a hash: near variants fall into the same slot, at 8 bits of difference three times in
 * five, at 31 one time in eight. A slot holds:
 *
 *     tag | born | life | cells | 8 words: half of the first hash's bits | the first cell | 3 words of nothing
 *
 * and beside it 16 words that say which cells were seen, once there are two: ordinary traffic, each hash being the first of its picture, reads and
 * writes one line of 4 MB a table.
 *
 * The half tells hashes of other pictures, which do not count: 32 of those 128 bits are about 64 of 256; probes within 31 bits of one
 * picture are at most 62 from each other, and unrelated photographs start at 84. A cell is a sample of 48 other bits: of those a recompression changes two or three at most, a probe a different handful each time.
 * Equal hashes are one cell however often they come, in whatever order, and 90 encodings of one picture are at most 20. A slot that others
 * hit loses a life each time and gains four by a hash of its own, so a flood of other pictures does not wash probes away.
 *
 * Which bits and where is drawn from a key, so nobody can build probes that avoid each other, and no hash can be read back.
 */
const tables = 4;
const slotsPerTable = 1 << 14;
const bucketBits = 16;
const cellBits = 48;
const halfBits = 128;
/** Of the bits of a half. */
const furthest = 32;
const maxLife = 64;
const lifeAMember = 4;

const words = 8;
const maxCells = 16 * 32;
const [tagAt, bornAt, lifeAt, cellsAt, halfAt, firstCellAt] = [0, 1, 2, 3, 4, 12];
/** Of a slot, and of its cells. */
const slotWords = 16;

/** A slot is forgotten between nine and ten minutes after its first hash: sweeps come each minute. */
const keptSeconds = 540;

export class ProbeSketches {
  private readonly slots = new Int32Array(tables * slotsPerTable * slotWords);
  private readonly seen = new Int32Array(this.slots.length);
  private readonly buckets: readonly Sample[];
  private readonly cells: Sample;
  private readonly half: Int32Array;
  /** The hash being counted, and the same as words: one buffer for all. */
  private readonly bytes = Buffer.alloc(words * 4);
  private readonly hash = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, words);

  /** `key`: 32 secret bytes. `now`: ms of a monotonic clock. */
  constructor(
    key: Uint8Array,
    private readonly now: () => number = () => performance.now(),
  ) {
    const draw = drawsFrom(key);
    this.buckets = Array.from({ length: tables }, () => new Sample(draw, bucketBits));
    this.cells = new Sample(draw, cellBits);
    this.half = maskOf(draw, halfBits);
  }

  /** Counts a hash that `owner` (a number of the caller's choice for a key) asked for; gives about how many distinct ones lie around it, itself included. */
  add(owner: number, pdq: string): number {
    const { hash } = this;
    this.bytes.write(pdq, 'hex');
    // From 1: 0 is an empty slot.
    const second = 1 + Math.floor(this.now() / 1_000);
    const cell = this.cells.of(hash, 0) % maxCells;
    let most = 0;
    for (let table = 0; table < tables; table++) {
      const sample = this.buckets[table] ?? this.cells;
      const tag = sample.of(hash, owner);
      const slot = (table * slotsPerTable + (tag % slotsPerTable)) * slotWords;
      most = Math.max(most, this.count(slot, tag | 0, cell, second));
    }
    return distinctOf(most);
  }

  /** Forgets what is older than ten minutes. */
  sweep(): void {
    const second = 1 + Math.floor(this.now() / 1_000);
    for (let slot = 0; slot < this.slots.length; slot += slotWords) {
      if (!this.isOver(slot, second)) continue;
      this.slots.fill(0, slot, slot + slotWords);
      this.seen.fill(0, slot, slot + slotWords);
    }
  }

  /** Slots in use, for tests of what is forgotten. */
  get size(): number {
    let size = 0;
    for (let slot = bornAt; slot < this.slots.length; slot += slotWords) if (this.slots[slot] !== 0) size++;
    return size;
  }

  private isOver(slot: number, second: number): boolean {
    const born = this.slots[slot + bornAt] ?? 0;
    return born !== 0 && second - born >= keptSeconds;
  }

  /** Cells seen in a slot, this one included. */
  private count(slot: number, tag: number, cell: number, second: number): number {
    const { slots } = this;
    const isFree = slots[slot + bornAt] === 0 || this.isOver(slot, second);
    if (!isFree && (slots[slot + tagAt] !== tag || !this.isNear(slot))) {
      const life = (slots[slot + lifeAt] ?? 0) - 1;
      slots[slot + lifeAt] = life;
      if (life > 0) return 1;
      this.begin(slot, tag, second);
    } else if (isFree) this.begin(slot, tag, second);
    slots[slot + lifeAt] = Math.min(maxLife, (slots[slot + lifeAt] ?? 0) + lifeAMember);
    const cells = slots[slot + cellsAt] ?? 0;
    if (cells === 0) slots[slot + firstCellAt] = cell;
    else if (cells === 1) {
      const first = slots[slot + firstCellAt] ?? 0;
      if (first === cell) return 1;
      this.seen.fill(0, slot, slot + slotWords);
      this.see(slot, first);
      this.see(slot, cell);
    } else if (!this.see(slot, cell)) return cells;
    slots[slot + cellsAt] = cells + 1;
    return cells + 1;
  }

  /** False for a cell that was seen before. */
  private see(slot: number, cell: number): boolean {
    const word = slot + (cell >>> 5);
    const before = this.seen[word] ?? 0;
    const after = before | (1 << (cell & 31));
    this.seen[word] = after;
    return after !== before;
  }

  private begin(slot: number, tag: number, second: number): void {
    const { slots, hash, half } = this;
    slots[slot + cellsAt] = 0;
    slots[slot + tagAt] = tag;
    slots[slot + bornAt] = second;
    // The first member alone is gone at the first hit by another.
    slots[slot + lifeAt] = 1 - lifeAMember;
    for (let at = 0; at < words; at++) slots[slot + halfAt + at] = (hash[at] ?? 0) & (half[at] ?? 0);
  }

  private isNear(slot: number): boolean {
    const { slots, hash, half } = this;
    let distance = 0;
    for (let at = 0; at < words; at++) distance += ones(((hash[at] ?? 0) & (half[at] ?? 0)) ^ (slots[slot + halfAt + at] ?? 0));
    return distance <= furthest;
  }
}

/** How many distinct ones filled so many of the cells, where two may have met in one (linear counting, Whang et al. 1990). */
function distinctOf(cells: number): number {
  const free = Math.max(1, maxCells - cells);
  return Math.round(-maxCells * Math.log(free / maxCells));
}

/** A keyed hash of some secret bits of a PDQ hash: equal where those bits are. */
class Sample {
  private readonly mask: Int32Array;
  private readonly seed: number;

  constructor(draw: () => number, bits: number) {
    this.mask = maskOf(draw, bits);
    this.seed = (draw() << 16) ^ draw();
  }

  /** An unsigned 32-bit number. */
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

/** Numbers below 2^16, always the same ones for a key. */
function drawsFrom(key: Uint8Array): () => number {
  const stream = new DataView(hkdfSync('sha256', key, '', 'vigie probe sketches', 2 * 600));
  let at = 0;
  return () => {
    at += 2;
    return stream.getUint16(at - 2);
  };
}

/** So many of 256 bits, as 8 words. */
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
