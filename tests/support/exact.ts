import type { ExactAlgorithm } from '../../src/domain/algorithms/registry.js';
import type { ExactHash } from '../../src/domain/hash.js';

/** An exact hash as an index looks it up. */
export function exact(algorithm: ExactAlgorithm, hex: string): ExactHash {
  return { algorithm, value: Buffer.from(hex, 'hex') };
}
