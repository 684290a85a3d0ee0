import { flipBitsInPlace, type Random, randomFrom, randomHashes } from '../random.js';

export const hashBytes = 32;
const hashSeed = 1;
const querySeed = 2;

export interface Query {
  readonly bytes: Uint8Array;
  /** Undefined for an unknown hash. */
  readonly stored: number | undefined;
}

export interface Workload {
  readonly hashes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  readonly radius: number;
  readonly queries: readonly Query[];
}

export function hashAt(hashes: Uint8Array, number: number): Uint8Array {
  return hashes.subarray(number * hashBytes, (number + 1) * hashBytes);
}

/** Half of the queries are stored hashes with 0 to `radius` flipped bits, the other half are unknown. */
export function makeWorkload(count: number, radius: number, queryCount: number): Workload {
  const hashes = randomHashes(count, randomFrom(hashSeed));
  const random = randomFrom(querySeed);
  const unknown = randomHashes(queryCount, random);
  const queries = Array.from({ length: queryCount }, (_, at) =>
    at % 2 === 0
      ? flipped(hashes, Math.floor(random() * count), radius, random)
      : { bytes: hashAt(unknown, at), stored: undefined },
  );
  return { hashes, count, radius, queries };
}

function flipped(hashes: Uint8Array, stored: number, radius: number, random: Random): Query {
  const bytes = hashAt(hashes, stored).slice();
  flipBitsInPlace(bytes, Math.floor(random() * (radius + 1)), random);
  return { bytes, stored };
}

/** Moves the first `count` hashes within 30 bits of each other. */
export function heapOfNear(hashes: Uint8Array, count: number): void {
  const random = randomFrom(3);
  const centre = randomHashes(1, random);
  for (let number = 0; number < count; number++) {
    const hash = hashAt(hashes, number);
    hash.set(centre);
    flipBitsInPlace(hash, Math.floor(random() * 16), random);
  }
}

export function heapOfOneBand(hashes: Uint8Array, count: number): void {
  for (let number = 0; number < count; number++) hashAt(hashes, number).set([0x5a, 0xc3], 6);
}
