import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boxBlocks, boxRows, transposed } from '../../src/console/web/hashing/reduce.js';
import { noise } from '../support/rasters.js';

describe('means of blocks', () => {
  it('are the means of rows, then of columns', () => {
    const [side, block] = [fc.integer({ min: 1, max: 40 }), fc.constantFrom(1, 2, 4, 8)];
    fc.assert(
      fc.property(side, side, block, fc.nat(), (width, count, size, seed) => {
        const rows = { data: noise(width * count * 4, seed), count, length: width * 4 };
        const expected = transposed(boxRows(transposed(boxRows(rows, size), 4), size), 4);
        expect(boxBlocks(rows, size)).toEqual(expected);
      }),
    );
  });

  it('keep white white', () => {
    const rows = { data: new Uint8Array(9 * 7 * 4).fill(255), count: 7, length: 9 * 4 };
    expect(boxBlocks(rows, 8)).toEqual({ data: new Uint8Array(8).fill(255), count: 1, length: 8 });
  });
});
