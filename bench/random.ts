export type Random = () => number;

/** Uniform numbers in [0, 1) by mulberry32. Its period of 2^32 is enough for the bits of 16 million hashes. */
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
 * A uniform 256-bit hash with 128 bits set, in hex. Like PDQ hashes of unrelated photographs, two of them have a distance of mean
 * 128 and standard deviation 8.
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

export function flipBits(hash: string, count: number, random: Random): string {
  const bytes = Buffer.from(hash, 'hex');
  flipBitsInPlace(bytes, count, random);
  return bytes.toString('hex');
}

/**
 * Hashes of 32 bytes in one array, distributed like `randomHash` but ten times as fast: it draws 256 fair bits, then flips random
 * bits until 128 are set.
 */
export function randomHashes(count: number, random: Random): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array((count * bits) / 32);
  for (let first = 0; first < words.length; first += bits / 32) {
    let set = 0;
    for (let at = first; at < first + bits / 32; at++) {
      const word = Math.floor(random() * 2 ** 32);
      words[at] = word;
      set += countBits(word);
    }
    while (set !== bits / 2) {
      const bit = Math.floor(random() * bits);
      const at = first + (bit >> 5);
      const isSet = ((words[at] ?? 0) >>> (bit & 31)) & 1;
      if (isSet !== Number(set > bits / 2)) continue;
      words[at] = (words[at] ?? 0) ^ (1 << (bit & 31));
      set += isSet ? -1 : 1;
    }
  }
  return new Uint8Array(words.buffer);
}

export function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function flipBitsInPlace(hash: Uint8Array, count: number, random: Random): void {
  const places = new Set<number>();
  while (places.size < count) places.add(Math.floor(random() * bits));
  for (const at of places) hash[at >> 3] = (hash[at >> 3] ?? 0) ^ (1 << (at & 7));
}
