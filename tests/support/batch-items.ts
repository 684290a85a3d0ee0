import { randomFrom, randomHash } from './images.js';

const random = randomFrom(7);
export const knownHash = randomHash(random);
const unknown = Array.from({ length: 50 }, () => randomHash(random));

/** Every tenth item has the hash `knownHash`. */
export const isKnown = (number: number) => number % 10 === 3;

export const batchItem = (number: number) => ({
  id: `item ${number}`,
  hashes: { pdq: isKnown(number) ? knownHash : unknown[number % unknown.length], quality: 100 },
});

export const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
