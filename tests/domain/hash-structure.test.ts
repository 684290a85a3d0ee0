import { describe, expect, it } from 'vitest';
import { complementOf } from '../../src/domain/hash.js';
import { hasSimpleStructure, separability } from '../../src/domain/hash-structure.js';
import { randomFrom, randomHash } from '../support/images.js';

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));
const hex = (bits: number) => bits.toString(16).padStart(4, '0');

/** Each row is `row`, or its inverse where `column` has a bit. */
function product(row: number, column: number): Uint8Array {
  const rows = Array.from({ length: 16 }, (_, at) => hex((column >> at) & 1 ? ~row & 0xffff : row));
  return bytesOf(rows.join(''));
}

function flipped(hash: Uint8Array, bits: readonly number[]): Uint8Array {
  const copy = hash.slice();
  for (const bit of bits) copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

function transposed(hash: Uint8Array): Uint8Array {
  const bitAt = (row: number, column: number) => ((hash[2 * row + (column >> 3)] ?? 0) >> (7 - (column & 7))) & 1;
  const rows = Array.from({ length: 16 }, (_, column) => Array.from({ length: 16 }, (_row, row) => bitAt(row, column)).join(''));
  return bytesOf(rows.map((bits) => hex(Number.parseInt(bits, 2))).join(''));
}

describe('separability', () => {
  it('is 256 for one pattern of rows times one pattern of columns', () => {
    expect(separability(product(0b1010_0111_0001_1010, 0b0110_1100_1111_0001))).toBe(256);
  });

  it('falls by 2 for each bit that differs from the product', () => {
    const hash = product(0b1010_0111_0001_1010, 0b0110_1100_1111_0001);
    expect(separability(flipped(hash, [3, 77, 140, 201, 250]))).toBe(246);
  });

  it('is between 72 and 120 for random bits', () => {
    const random = randomFrom(3);
    const values = Array.from({ length: 500 }, () => separability(bytesOf(randomHash(random))));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(72);
    expect(Math.max(...values)).toBeLessThanOrEqual(120);
  });

  it('is the same for the negative and for rows and columns exchanged', () => {
    const random = randomFrom(4);
    for (let at = 0; at < 100; at++) {
      const hash = bytesOf(randomHash(random));
      expect(separability(complementOf(hash))).toBe(separability(hash));
      expect(separability(transposed(hash))).toBe(separability(hash));
    }
  });

  it('refuses a hash that does not have 32 bytes', () => {
    expect(() => separability(new Uint8Array(31))).toThrow('a PDQ hash has 32 bytes, got 31');
  });
});

describe('hasSimpleStructure', () => {
  it('is true for a hash that is nearly a product', () => {
    const hash = product(0b1010_0111_0001_1010, 0b0110_1100_1111_0001);
    expect(hasSimpleStructure(flipped(hash, [1, 30, 60, 90, 120, 150, 180, 210, 240]))).toBe(true);
  });

  it('is false for the hash of a bridge', () => {
    expect(hasSimpleStructure(bytesOf('f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22'))).toBe(false);
  });
});
