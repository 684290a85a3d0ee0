import { contentCells } from '../../store/match-counts.js';

const bytes = contentCells / 8;

/** Counts distinct hashes: one bit per cell, in which equal hashes fall together. */
export class ContentSketch {
  private readonly cells = Buffer.alloc(bytes);
  matches = 0;

  /** `key`: 32 secret bytes, the same on all nodes. */
  constructor(private readonly key: Uint8Array) {}

  /** @param hash hex of any length */
  add(hash: string): void {
    this.matches++;
    let mixed = 0;
    for (let at = 0; at < hash.length; at++) {
      mixed = Math.imul(mixed ^ hash.charCodeAt(at) ^ ((this.key[at % this.key.length] ?? 0) << 8), 0x85ebca6b);
      mixed ^= mixed >>> 13;
    }
    mixed = Math.imul(mixed, 0xc2b2ae35);
    const cell = ((mixed ^ (mixed >>> 16)) >>> 0) % contentCells;
    this.cells[cell >> 3] = (this.cells[cell >> 3] ?? 0) | (0x80 >> (cell & 7));
  }

  get hex(): string {
    return this.cells.toString('hex');
  }
}
