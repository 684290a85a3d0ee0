import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadPdq } from '../../native-free-workers/kernels.js';
import { plainPdq } from '../../native-free-workers/pdq-plain.js';
import type { Raster } from '../../native-free-workers/raster.js';
import { hammingDistance } from '../../src/domain/hash.js';
import { built } from '../../src/package-root.js';

const pdq = await loadPdq(built('native-free-workers/pdq.wasm'));

const side = fc.oneof(fc.integer({ min: 1, max: 140 }), fc.constantFrom(5, 63, 64, 65, 127, 128, 129, 256, 257, 300));

/** Any raster; pixels are noise from a seed, because shrinking 100 000 bytes one by one teaches nothing. */
const rasters: fc.Arbitrary<Raster> = fc
  .record({ width: side, height: side, channels: fc.constantFrom(1 as const, 3 as const, 4 as const), seed: fc.nat() })
  .map(({ width, height, channels, seed }) => ({ width, height, channels, data: noise(width * height * channels, seed) }));

/** Noise over slow waves, so that all frequencies have energy. */
function noise(length: number, seed: number): Uint8Array {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return Uint8Array.from({ length }, (_, at) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state & 127) + 64 * (1 + Math.sin(at / (7 + (seed % 50))))) & 255;
  });
}

/** A square grey picture of waves of all low frequencies, which survives the filter, and its transformed copies. */
function waves(size: number, seed: number): Raster {
  const weights = Array.from(noise(64, seed), (value) => value - 128);
  const data = Uint8Array.from({ length: size * size }, (_, at) => {
    const [y, x] = [Math.floor(at / size) / size, (at % size) / size];
    const sum = weights.reduce(
      (total, weight, k) =>
        total + weight * Math.cos(Math.PI * ((k >> 3) + 1) * y + k) * Math.sin(Math.PI * ((k & 7) + 1) * x + k),
      0,
    );
    return Math.max(0, Math.min(255, 128 + sum / 4));
  });
  return { data, width: size, height: size, channels: 1 };
}

/** Where pixel (y, x) of a transformed square comes from; `last` is its highest coordinate. */
type From = (y: number, x: number, last: number) => readonly [number, number];

function moved(raster: Raster, from: From): Raster {
  const size = raster.width;
  const data = raster.data.map((_, at) => {
    const [y, x] = from(Math.floor(at / size), at % size, size - 1);
    return raster.data[y * size + x] ?? 0;
  });
  return { ...raster, data };
}

/** In the order of `orientations`. */
const transforms: readonly From[] = [
  (y, x) => [y, x],
  (y, x, last) => [x, last - y],
  (y, x, last) => [last - y, last - x],
  (y, x, last) => [last - x, y],
  (y, x, last) => [last - y, x],
  (y, x, last) => [y, last - x],
  (y, x) => [x, y],
  (y, x, last) => [last - x, last - y],
];

const ones = (hash = ''): number => hammingDistance(hash, '0'.repeat(64));

describe('PDQ', () => {
  it('is the same from the wasm and the plain kernel, whatever the pixels, sizes and channels', () => {
    fc.assert(
      fc.property(rasters, (raster) => {
        expect(pdq(raster)).toEqual(plainPdq(raster));
      }),
      { numRuns: 40 },
    );
  });

  it('does not depend on the image hashed before', () => {
    fc.assert(
      fc.property(rasters, rasters, (one, other) => {
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

  it('reads no alpha', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const raster: Raster = { data: noise(80 * 90 * 4, seed), width: 80, height: 90, channels: 4 };
        const opaque = { ...raster, data: raster.data.map((value, at) => (at % 4 === 3 ? 255 : value)) };
        expect(pdq(opaque)).toEqual(pdq(raster));
      }),
      { numRuns: 20 },
    );
  });

  // 64x64 is not filtered; at 320 px the window is odd and the samples are exact centres. Elsewhere the filter leans to one side.
  it.each([
    [64, 2],
    [320, 2],
  ])('of a %i px image knows its turned and mirrored copies within %i bits', (size, bits) => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(...transforms.entries()), (seed, [at, from]) => {
        const raster = waves(size, seed);
        const copy = pdq(moved(raster, from)).hashes[0] ?? '';
        expect(hammingDistance(pdq(raster).hashes[at] ?? '', copy)).toBeLessThanOrEqual(bits);
      }),
      { numRuns: 12 },
    );
  });
});
