/** The key of an exact hash: up to 32 bytes that spread evenly, so that their first bytes choose its place in a table. */
import { createHash } from 'node:crypto';
import { type ExactAlgorithm, isDigest, registry } from '../domain/algorithms/registry.js';

export const maxKeyBytes = 32;

/** A digest is its own key. A longer or opaque hash has the SHA-256 of its name and bytes. */
export function exactKey(algorithm: ExactAlgorithm, value: Uint8Array): Uint8Array {
  return isItsOwnKey(algorithm) ? value : createHash('sha256').update(algorithm).update(value).digest();
}

export function keyBytes(algorithm: ExactAlgorithm): number {
  return isItsOwnKey(algorithm) ? registry[algorithm].bits / 8 : maxKeyBytes;
}

function isItsOwnKey(algorithm: ExactAlgorithm): boolean {
  return isDigest(algorithm) && registry[algorithm].bits <= maxKeyBytes * 8;
}
