import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hammingDistance } from '../../src/domain/hash.js';

const bits = (hex: string) => [...hex].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('');

function naive(a: string, b: string): number {
  const other = bits(b);
  return [...bits(a)].filter((bit, at) => bit !== other[at]).length;
}

const hexOf = (digits: number) =>
  fc.uint8Array({ minLength: digits / 2, maxLength: digits / 2 }).map((bytes) => Buffer.from(bytes).toString('hex'));

describe('hammingDistance', () => {
  it.each([32, 40, 64])('equals counting the bits of %i digits one by one', (digits) => {
    fc.assert(fc.property(hexOf(digits), hexOf(digits), (a, b) => hammingDistance(a, b) === naive(a, b)));
  });

  it('is 256 between all zeros and all ones', () => {
    expect(hammingDistance('0'.repeat(64), 'f'.repeat(64))).toBe(256);
  });

  it('is a metric', () => {
    fc.assert(
      fc.property(hexOf(64), hexOf(64), hexOf(64), (a, b, c) => {
        expect(hammingDistance(a, a)).toBe(0);
        expect(hammingDistance(a, b)).toBe(hammingDistance(b, a));
        expect(hammingDistance(a, c)).toBeLessThanOrEqual(hammingDistance(a, b) + hammingDistance(b, c));
      }),
    );
  });
});
