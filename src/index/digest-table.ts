import { type Algorithm, algorithmsByCode, type ExactAlgorithm, registry } from '../domain/algorithms/registry.js';
import { keyBytes, maxKeyBytes } from './exact-key.js';
import { type Growable, uint8s } from './growable.js';

/** Shorter keys are padded with zeros. */
const rowBytes = maxKeyBytes;
const tombstone = -1;

/** One part per eighth byte. Each grows by itself: at millions of digests that takes milliseconds. */
const parts = 256;
const partByte = 7;
const smallestPart = 16;

/**
 * Exact look-up of hashes by their keys (exact-key.ts): open addressing over rows of bytes, about 45 bytes per hash.
 *
 * Digests spread evenly without a hash function: crowding one place takes digests forged in 60 bits each.
 */
export class DigestTable {
  private readonly rows = uint8s();
  /** Snapshot codes of the algorithms. */
  private readonly codes = uint8s();
  private readonly parts = Array.from({ length: parts }, () => new Part(this.rows));

  set(slot: number, algorithm: ExactAlgorithm, key: Uint8Array): void {
    this.rows
      .view(slot * rowBytes, (slot + 1) * rowBytes)
      .fill(0)
      .set(key);
    this.codes.set(slot, registry[algorithm].snapshotCode);
    this.part(key[partByte]).add(slot);
  }

  remove(slot: number): void {
    this.part(this.rows.get(slot * rowBytes + partByte)).remove(slot);
    this.rows.view(slot * rowBytes, (slot + 1) * rowBytes).fill(0);
  }

  /** Slots of all hashes with this key: several lists may hold the same one. */
  slots(algorithm: ExactAlgorithm, key: Uint8Array): number[] {
    if (key.length !== keyBytes(algorithm)) return [];
    const { snapshotCode } = registry[algorithm];
    return this.part(key[partByte])
      .near(key)
      .filter((slot) => this.codes.get(slot) === snapshotCode && this.holds(slot, key));
  }

  /** The key in a slot, padded to 32 bytes. */
  at(slot: number): { algorithm: Algorithm; value: Uint8Array } | undefined {
    const algorithm = algorithmsByCode[this.codes.get(slot)];
    return algorithm && { algorithm, value: this.rows.view(slot * rowBytes, (slot + 1) * rowBytes) };
  }

  private holds(slot: number, key: Uint8Array): boolean {
    for (let at = 0; at < key.length; at++) if (this.rows.get(slot * rowBytes + at) !== key[at]) return false;
    return true;
  }

  private part(byte = 0): Part {
    const part = this.parts[byte];
    if (!part) throw new RangeError(`expected a byte, got ${byte}`);
    return part;
  }
}

class Part {
  /** Slot + 1; 0: free; -1: removed. */
  private places = new Int32Array(smallestPart);
  private used = 0;
  private living = 0;

  constructor(private readonly rows: Growable<Uint8Array<ArrayBuffer>>) {}

  add(slot: number): void {
    if ((this.used + 1) * 2 > this.places.length) this.rebuild();
    this.place(slot);
  }

  remove(slot: number): void {
    for (let place = this.start(slot); ; place = this.after(place)) {
      const content = this.places[place];
      if (content === 0) return;
      if (content !== slot + 1) continue;
      this.places[place] = tombstone;
      this.living--;
      return;
    }
  }

  /** Includes slots of other digests. */
  near(digest: Uint8Array): number[] {
    const slots: number[] = [];
    for (let place = placeOf(digest, 0, this.places.length); ; place = this.after(place)) {
      const content = this.places[place] ?? 0;
      if (content === 0) return slots;
      if (content !== tombstone) slots.push(content - 1);
    }
  }

  private place(slot: number): void {
    let place = this.start(slot);
    while (this.places[place] !== 0) place = this.after(place);
    this.places[place] = slot + 1;
    this.used++;
    this.living++;
  }

  private rebuild(): void {
    const old = this.places;
    this.places = new Int32Array(Math.max(smallestPart, 2 ** Math.ceil(Math.log2(this.living * 4))));
    this.used = 0;
    this.living = 0;
    for (const content of old) if (content > 0) this.place(content - 1);
  }

  private start(slot: number): number {
    // Faster than a view of the row.
    return placeOf(this.rows.all, slot * rowBytes, this.places.length);
  }

  private after(place: number): number {
    return (place + 1) & (this.places.length - 1);
  }
}

/** The first place for the digest at `at`. `places`: a power of two. */
function placeOf(bytes: Uint8Array, at: number, places: number): number {
  const high = ((bytes[at] ?? 0) << 12) | ((bytes[at + 1] ?? 0) << 4) | ((bytes[at + 2] ?? 0) >> 4);
  const low = ((bytes[at + 3] ?? 0) << 24) | ((bytes[at + 4] ?? 0) << 16) | ((bytes[at + 5] ?? 0) << 8) | (bytes[at + 6] ?? 0);
  return (high * 2 ** 32 + (low >>> 0)) % places;
}
