import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PdqHashes } from '../../../native-free-workers/hashing/image-kernel.js';
import { loadImageKernel } from '../../../native-free-workers/hashing/load-image-kernel.js';
import type { Raster } from '../../../native-free-workers/hashing/raster.js';
import { plainPdq } from '../../../native-free-workers/oracles/pdq.js';
import { hammingDistance } from '../../../src/domain/hash.js';
import { built } from '../../../src/package-root.js';
import { cut, noise, rasters, turned, turns, waves } from '../../support/rasters.js';

const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));

function pdq(raster: Raster): PdqHashes {
  kernel.load(raster);
  return kernel.pdq();
}

const anyRaster = rasters(
  fc.oneof(fc.integer({ min: 1, max: 140 }), fc.constantFrom(5, 63, 64, 65, 127, 128, 129, 256, 257, 300)),
);

const ones = (hash = ''): number => hammingDistance(hash, '0'.repeat(64));

describe('PDQ', () => {
  it('is the same in WebAssembly and TypeScript, for any pixels, sizes and channels', () => {
    fc.assert(
      fc.property(anyRaster, (raster) => {
        expect(pdq(raster)).toEqual(plainPdq(raster));
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the previous image', () => {
    fc.assert(
      fc.property(anyRaster, anyRaster, (one, other) => {
        const before = pdq(one);
        pdq(other);
        expect(pdq(one)).toEqual(before);
      }),
      { numRuns: 40 },
    );
  });

  it('sets exactly half of the bits of an image with all frequencies', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        expect(pdq(waves(100, seed)).hashes.map(ones)).toEqual(Array(8).fill(128));
      }),
      { numRuns: 20 },
    );
  });

  it('ignores alpha', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const raster: Raster = { data: noise(80 * 90 * 4, seed), width: 80, height: 90, channels: 4 };
        const opaque = { ...raster, data: raster.data.map((value, at) => (at % 4 === 3 ? 255 : value)) };
        expect(pdq(opaque)).toEqual(pdq(raster));
      }),
      { numRuns: 20 },
    );
  });

  // 64x64 is not filtered, and at 320 px the filter does not lean.
  it.each([
    [64, 2],
    [320, 2],
  ])('of an image of %i px matches its rotated and mirrored copies within %i bits', (size, bits) => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...turns.entries()), (seed, [at, turn]) => {
        const raster = waves(size, seed);
        const copy = pdq(turned(raster, turn)).hashes[0] ?? '';
        expect(hammingDistance(pdq(raster).hashes[at] ?? '', copy)).toBeLessThanOrEqual(bits);
      }),
      { numRuns: 12 },
    );
  });
});

/** Waves, because all frequencies of noise are close to the median. */
const pictures = fc
  .record({
    width: fc.integer({ min: 5, max: 300 }),
    height: fc.integer({ min: 5, max: 300 }),
    seed: fc.nat(),
    scale: fc.constantFrom(1, 2, 3),
  })
  .map(({ width, height, seed, scale }) =>
    cut(waves(300 * scale, seed), { x: 0, y: 0, width: width * scale, height: height * scale }),
  );

const distances = (a: PdqHashes, b: PdqHashes): number[] => a.hashes.map((hash, at) => hammingDistance(hash, b.hashes[at] ?? ''));

describe('PDQ over 512 px', () => {
  it('is within 2 bits of the hash of the image stretched to 512x512 by nearest neighbour', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 513, max: 700 }), fc.integer({ min: 100, max: 700 }), (seed, width, height) => {
        const raster = cut(waves(700, seed), { x: 0, y: 0, width, height });
        for (const bits of distances(pdq(raster), plainPdq(raster))) expect(bits).toBeLessThanOrEqual(2);
      }),
      { numRuns: 6 },
    );
  });
});

describe('PDQ of a part', () => {
  it('is within 4 bits of the hash of its pixels as an image, with the same quality', () => {
    fc.assert(
      fc.property(
        pictures,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }),
        (raster, [a = 0, b = 0, c = 0, d = 0]) => {
          const x = Math.floor(a * (raster.width - 5));
          const y = Math.floor(b * (raster.height - 5));
          const area = {
            x,
            y,
            width: 5 + Math.floor(c * (raster.width - 5 - x)),
            height: 5 + Math.floor(d * (raster.height - 5 - y)),
          };
          const expected = plainPdq(cut(raster, area));
          kernel.load(raster);
          const part = kernel.pdqOfPart(area);
          expect(Math.abs(part.quality - expected.quality)).toBeLessThanOrEqual(1);
          if (expected.quality >= 50) for (const bits of distances(part, expected)) expect(bits).toBeLessThanOrEqual(4);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('does not depend on the parts hashed before it', () => {
    const raster = waves(200, 4);
    const area = fc
      .record({ x: fc.integer({ min: 0, max: 150 }), y: fc.constantFrom(0, 40, 50), height: fc.constantFrom(50, 100, 150) })
      .chain(({ x, ...rows }) => fc.integer({ min: 5, max: 200 - x }).map((width) => ({ x, width, ...rows })));
    fc.assert(
      fc.property(fc.array(area, { minLength: 2, maxLength: 6 }), (areas) => {
        const alone = areas.map((one) => {
          kernel.load(raster);
          return kernel.pdqOfPart(one);
        });
        kernel.load(raster);
        expect(areas.map((one) => kernel.pdqOfPart(one))).toEqual(alone);
      }),
      { numRuns: 40 },
    );
  });

  it('upright is the first of all orientations', () => {
    kernel.load(waves(200, 6));
    const area = { x: 10, y: 20, width: 100, height: 150 };
    const { hashes, quality } = kernel.pdqOfPart(area);
    expect(kernel.pdqOfPart(area, 'upright')).toEqual({ hashes: hashes.slice(0, 1), quality });
  });

  it('does not change the hash of the whole', () => {
    const raster = waves(200, 3);
    const expected = pdq(raster);
    kernel.load(raster);
    kernel.pdqOfPart({ x: 10, y: 20, width: 100, height: 50 });
    expect(kernel.pdq()).toEqual(expected);
  });

  it('of a reduced image is close to the hash of the original', () => {
    const raster = waves(600, 5);
    const data = Uint8Array.from({ length: 300 * 300 }, (_, at) => {
      const first = Math.floor(at / 300) * 1200 + (at % 300) * 2;
      return [0, 1, 600, 601].reduce((sum, more) => sum + (raster.data[first + more] ?? 0), 0) / 4;
    });
    const half: Raster = { data, width: 300, height: 300, channels: 1, reduced: true };
    for (const bits of distances(pdq(half), pdq(raster))) expect(bits).toBeLessThanOrEqual(8);
  });

  it.each([
    { x: -1, y: 0, width: 10, height: 10 },
    { x: 0, y: 91, width: 10, height: 10 },
    { x: 0.5, y: 0, width: 10, height: 10 },
  ])('outside the image is refused: %o', (area) => {
    kernel.load(waves(100, 1));
    expect(() => kernel.pdqOfPart(area)).toThrow(RangeError);
  });
});
