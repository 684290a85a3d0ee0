import { describe, expect, it } from 'vitest';
import { exactAlgorithms, isDigest, registry } from '../../src/domain/algorithms/registry.js';
import { exactKey, keyBytes, maxKeyBytes } from '../../src/index/exact-key.js';

describe.each(exactAlgorithms)('the key of %s', (algorithm) => {
  const value = Buffer.alloc(registry[algorithm].bits / 8, 7);

  it('fits the tables and the records of snapshots', () => {
    expect(exactKey(algorithm, value).length).toBe(keyBytes(algorithm));
    expect(keyBytes(algorithm)).toBeLessThanOrEqual(maxKeyBytes);
  });

  it('depends on every byte of the value', () => {
    const last = Buffer.from(value);
    last.writeUInt8(8, value.length - 1);
    expect(exactKey(algorithm, last)).not.toEqual(exactKey(algorithm, value));
  });

  it.skipIf(!isDigest(algorithm))('is the digest itself', () => {
    expect(exactKey(algorithm, value)).toBe(value);
  });
});
