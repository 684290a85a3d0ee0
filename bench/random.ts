/** Seeded data: the same seed gives the same numbers and hashes, so that two runs ask for the same work. */

export type Random = () => number;

/** Uniform numbers in [0, 1) (mulberry32): fast, with a period of 2^32, enough for the bits of 16 million hashes. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const bits = 256;

/**
 * 256 bits in hex, 128 of them set, all such values equally likely. PDQ hashes of unrelated photographs are like that: pairwise
 * distances of mean 128, sd 8 (design/measurements.md).
 */
export function randomHash(random: Random): string {
  const bytes = Buffer.alloc(bits / 8);
  let missing = bits / 2;
  for (let at = 0; missing > 0; at++) {
    if (random() * (bits - at) >= missing) continue;
    bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
    missing--;
  }
  return bytes.toString('hex');
}

/** `hash` with `count` different bits turned over. */
export function flipBits(hash: string, count: number, random: Random): string {
  const bytes = Buffer.from(hash, 'hex');
  turnBits(bytes, count, random);
  return bytes.toString('hex');
}

/**
 * `count` hashes of 32 bytes, one after the other, distributed like those of `randomHash` and ten times as fast: 256 fair bits, then
 * random ones turned until 128 are set, which by symmetry leaves all such values equally likely.
 */
export function randomHashes(count: number, random: Random): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array((count * bits) / 32);
  for (let first = 0; first < words.length; first += bits / 32) {
    let set = 0;
    for (let at = first; at < first + bits / 32; at++) {
      const word = Math.floor(random() * 2 ** 32);
      words[at] = word;
      set += bitsOf(word);
    }
    while (set !== bits / 2) {
      const place = Math.floor(random() * bits);
      const at = first + (place >> 5);
      const isSet = ((words[at] ?? 0) >>> (place & 31)) & 1;
      if (isSet !== Number(set > bits / 2)) continue;
      words[at] = (words[at] ?? 0) ^ (1 << (place & 31));
      set += isSet ? -1 : 1;
    }
  }
  return new Uint8Array(words.buffer);
}

/** Set bits of a 32-bit word. */
export function bitsOf(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Turns `count` different bits of a 32-byte hash over, in place. */
export function turnBits(hash: Uint8Array, count: number, random: Random): void {
  const places = new Set<number>();
  while (places.size < count) places.add(Math.floor(random() * bits));
  for (const at of places) hash[at >> 3] = (hash[at >> 3] ?? 0) ^ (1 << (at & 7));
}
