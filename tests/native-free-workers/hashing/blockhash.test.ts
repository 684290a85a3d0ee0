import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadImageKernel } from '../../../native-free-workers/hashing/load-image-kernel.js';
import type { Raster } from '../../../native-free-workers/hashing/raster.js';
import { blockSums, plainBlockhashes } from '../../../native-free-workers/oracles/blockhash.js';
import { coreBlockhash } from '../../../native-free-workers/oracles/blockhash-core.js';
import { built } from '../../../src/package-root.js';
import { noise, rasters, turned, turns } from '../../support/rasters.js';

const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));

function blockhashes(raster: Raster): string[] {
  kernel.load(raster);
  return kernel.blockhashes();
}

const anySide = fc.oneof(fc.integer({ min: 1, max: 150 }), fc.constantFrom(15, 16, 17, 31, 32, 160, 161, 320));
const wholeSide = fc.oneof(fc.integer({ min: 16, max: 150 }), fc.constantFrom(16, 17, 32, 33, 160));

/** Flat and two-tone pictures, with many ties. */
const coarse = fc
  .record({ raster: rasters(anySide), values: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 1, maxLength: 2 }) })
  .map(({ raster, values }) => ({ ...raster, data: raster.data.map((_, at) => values[(at >> 9) % values.length] ?? 0) }));

describe('blockhash', () => {
  it('equals blockhash-core bit for bit, for any pixels, sizes and channels', () => {
    fc.assert(
      fc.property(fc.oneof(rasters(anySide), coarse), (raster) => {
        expect(blockhashes(raster)[0]).toBe(coreBlockhash(raster));
      }),
      { numRuns: 150 },
    );
  });

  it('of every orientation equals the hash of the rotated pixels bit for bit, from 16 px per side', () => {
    fc.assert(
      fc.property(rasters(wholeSide), (raster) => {
        expect(blockhashes(raster)).toEqual(turns.map((turn) => coreBlockhash(turned(raster, turn))));
      }),
      { numRuns: 40 },
    );
  });

  it('is the same in WebAssembly and TypeScript, as are the sums', () => {
    fc.assert(
      fc.property(fc.oneof(rasters(anySide), coarse), (raster) => {
        expect(blockhashes(raster)).toEqual(plainBlockhashes(raster));
        expect(Array.from(kernel.blockSums())).toEqual(Array.from(blockSums(raster)));
      }),
      { numRuns: 60 },
    );
  });

  it('does not depend on PDQ or on the previous image', () => {
    const [one, other]: [Raster, Raster] = [
      { data: noise(90 * 70 * 3, 1), width: 90, height: 70, channels: 3 },
      { data: noise(200 * 30, 2), width: 200, height: 30, channels: 1 },
    ];
    const expected = blockhashes(one);
    blockhashes(other);
    kernel.load(one);
    kernel.pdq();
    expect(kernel.blockhashes()).toEqual(expected);
  });
});
