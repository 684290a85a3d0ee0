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
  const places = new Set<number>();
  while (places.size < count) places.add(Math.floor(random() * bits));
  for (const at of places) bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
  return bytes.toString('hex');
}
