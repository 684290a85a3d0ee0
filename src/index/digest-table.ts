import { uint8s } from './growable.js';

/** Digests are kept in rows of the longest (SHA-256); shorter ones are told apart by their length. */
const rowBytes = 32;
const tombstone = -1;

/**
 * Exact look-up of digests by slot: open addressing over rows of bytes, about 45 bytes a digest.
 *
 * Digests spread evenly by themselves; 52 of their bits pick the first place, so piling up many in one place costs as many hashes as
 * forging 52 bits each.
 */
export class DigestTable {
  private readonly rows = uint8s();
  private readonly lengths = uint8s();
  /** Slot + 1; 0 free; -1 removed. */
  private places = new Int32Array(1_024);
  private used = 0;
  private live = 0;

  set(slot: number, digest: Uint8Array): void {
    this.rows
      .view(slot * rowBytes, (slot + 1) * rowBytes)
      .fill(0)
      .set(digest);
    this.lengths.set(slot, digest.length);
    if ((this.used + 1) * 2 > this.places.length) this.rebuild();
    this.place(slot);
  }

  remove(slot: number): void {
    const place = this.find(this.row(slot), (candidate) => candidate === slot)[0];
    if (place === undefined) return;
    this.places[place] = tombstone;
    this.live--;
  }

  /** Slots of all digests equal to `digest`: several lists may hold the same. */
  slots(digest: Uint8Array): number[] {
    const equal = this.find(digest, (slot) => Buffer.compare(this.row(slot), digest) === 0);
    return equal.map((place) => (this.places[place] ?? 0) - 1);
  }

  /** The digest in a slot. */
  valueOf(slot: number): Uint8Array {
    return this.row(slot);
  }

  private find(digest: Uint8Array, wanted: (slot: number) => boolean): number[] {
    const found: number[] = [];
    for (let place = this.start(digest); ; place = (place + 1) % this.places.length) {
      const content = this.places[place] ?? 0;
      if (content === 0) return found;
      if (content !== tombstone && wanted(content - 1)) found.push(place);
    }
  }

  private place(slot: number): void {
    let place = this.start(this.row(slot));
    while ((this.places[place] ?? 0) !== 0) place = (place + 1) % this.places.length;
    this.places[place] = slot + 1;
    this.used++;
    this.live++;
  }

  private rebuild(): void {
    const slots = this.places.filter((content) => content > 0).map((content) => content - 1);
    this.places = new Int32Array(Math.max(1_024, 2 ** Math.ceil(Math.log2(this.live * 4))));
    this.used = 0;
    this.live = 0;
    for (const slot of slots) this.place(slot);
  }

  private start(digest: Uint8Array): number {
    const high = ((digest[0] ?? 0) << 12) | ((digest[1] ?? 0) << 4) | ((digest[2] ?? 0) >> 4);
    const low = ((digest[3] ?? 0) << 24) | ((digest[4] ?? 0) << 16) | ((digest[5] ?? 0) << 8) | (digest[6] ?? 0);
    return (high * 2 ** 32 + (low >>> 0)) % this.places.length;
  }

  private row(slot: number): Uint8Array {
    return this.rows.view(slot * rowBytes, slot * rowBytes + this.lengths.get(slot));
  }
}
