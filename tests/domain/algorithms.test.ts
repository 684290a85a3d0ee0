import { describe, expect, it } from 'vitest';
import {
  algorithms,
  algorithmsByCode,
  digestAlgorithms,
  exactAlgorithms,
  hexLength,
  isDigest,
  isExact,
  isPerceptual,
  perAlgorithm,
  perceptualAlgorithms,
  registry,
} from '../../src/domain/algorithms/registry.js';
import { defaultThresholds, widestThreshold } from '../../src/domain/list.js';

describe('the registry of algorithms', () => {
  it('keeps the snapshot codes that were written to disk', () => {
    expect(algorithmsByCode).toEqual(['pdq', 'blockhash', 'md5', 'sha1', 'sha256', 'photodna']);
  });

  it('gives every algorithm its own snapshot code', () => {
    expect(algorithmsByCode.filter((name) => name !== undefined).toSorted()).toEqual(algorithms.toSorted());
  });

  it('stores perceptual hashes as 256 bits and the others as bytes', () => {
    const rows = Object.values(registry);
    expect(
      rows.every(({ kind, column, bits }) => (kind === 'perceptual' ? column === 'bits' && bits === 256 : column === 'digest')),
    ).toBe(true);
  });

  it('sorts every algorithm into one kind', () => {
    expect([...perceptualAlgorithms, ...exactAlgorithms].toSorted()).toEqual(algorithms.toSorted());
    expect(algorithms.filter((name) => isPerceptual(name) === isExact(name))).toEqual([]);
    expect(digestAlgorithms).toEqual(algorithms.filter(isDigest));
  });

  it('names the lengths in hexadecimal digits', () => {
    expect(perAlgorithm(algorithms, hexLength)).toEqual({
      pdq: 64,
      blockhash: 64,
      md5: 32,
      sha1: 40,
      sha256: 64,
      photodna: 288,
    });
  });
});

describe('widestThreshold', () => {
  it('is the wide distance of PDQ and the distance of blockhash', () => {
    expect([widestThreshold('pdq', defaultThresholds), widestThreshold('blockhash', defaultThresholds)]).toEqual([31, 24]);
  });

  it.each(exactAlgorithms)('is 0 for %s', (algorithm) => {
    expect(widestThreshold(algorithm, defaultThresholds)).toBe(0);
  });
});
