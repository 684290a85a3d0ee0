import { describe, expect, it } from 'vitest';
import { readResult } from '../../bench/files.js';
import { tailSchema } from '../../bench/robustness/tail/results.js';
import { maxRichSeparability } from '../../src/domain/hash-structure.js';
import { holdRadius } from '../../src/domain/hold-radius.js';

const tail = tailSchema.parse(readResult('tail.json'));

describe('holdRadius', () => {
  it.each([
    [0, 56],
    [1_000, 56],
    [100_000, 48],
    [1_000_000, 42],
    [4_000_000, 38],
  ])('of %d hashes is %d', (hashes, radius) => {
    expect(holdRadius(hashes)).toBe(radius);
  });

  it('is 0 for a list that is too large for any radius', () => {
    expect(holdRadius(1_000_000_000)).toBe(0);
  });

  it('is what npm run bench:tail measured', () => {
    expect(tail.largestLists).not.toHaveLength(0);
    for (const { radius, hashes } of tail.largestLists) {
      expect(holdRadius(hashes)).toBe(radius);
      expect(holdRadius(hashes + 1)).toBeLessThan(radius);
    }
  });

  it('was measured with the limit of hasSimpleStructure', () => {
    expect(tail.separability.limit).toBe(maxRichSeparability);
  });
});
