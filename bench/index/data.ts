/** What the index benches search in, and what they ask. */
import { type Random, randomFrom, randomHashes, turnBits } from '../random.js';

export const hashBytes = 32;
const hashSeed = 1;
const querySeed = 2;

export interface Query {
  readonly bytes: Uint8Array;
  /** The stored hash it was made from; undefined: an unknown one. */
  readonly stored: number | undefined;
}

export interface Work {
  readonly hashes: Uint8Array<ArrayBuffer>;
  readonly count: number;
  readonly radius: number;
  readonly queries: readonly Query[];
}

export function hashAt(hashes: Uint8Array, number: number): Uint8Array {
  return hashes.subarray(number * hashBytes, (number + 1) * hashBytes);
}

/** Uniform hashes, and queries of which half are stored ones with 0 to `radius` flipped bits and half are unknown. */
export function makeWork(count: number, radius: number, queryCount: number): Work {
  const hashes = randomHashes(count, randomFrom(hashSeed));
  const random = randomFrom(querySeed);
  const unknown = randomHashes(queryCount, random);
  const queries = Array.from({ length: queryCount }, (_, at) =>
    at % 2 === 0
      ? turned(hashes, Math.floor(random() * count), radius, random)
      : { bytes: hashAt(unknown, at), stored: undefined },
  );
  return { hashes, count, radius, queries };
}

function turned(hashes: Uint8Array, stored: number, radius: number, random: Random): Query {
  const bytes = hashAt(hashes, stored).slice();
  turnBits(bytes, Math.floor(random() * (radius + 1)), random);
  return { bytes, stored };
}

/** `count` of the hashes, from the first on, made to lie within 30 bits of one another. */
export function heapOfNear(hashes: Uint8Array, count: number): void {
  const random = randomFrom(3);
  const centre = randomHashes(1, random);
  for (let number = 0; number < count; number++) {
    const hash = hashAt(hashes, number);
    hash.set(centre);
    turnBits(hash, Math.floor(random() * 16), random);
  }
}

/** `count` of the hashes, from the first on, given the same fourth band. */
export function heapOfOneBand(hashes: Uint8Array, count: number): void {
  for (let number = 0; number < count; number++) hashAt(hashes, number).set([0x5a, 0xc3], 6);
}
