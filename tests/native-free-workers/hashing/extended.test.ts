import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PdqHashes } from '../../../native-free-workers/hashing/image-kernel.js';
import { loadImageKernel } from '../../../native-free-workers/hashing/load-image-kernel.js';
import type { Area, Raster } from '../../../native-free-workers/hashing/raster.js';
import { plainExtended, plainTilted } from '../../../native-free-workers/oracles/extended.js';
import { hammingDistance } from '../../../src/domain/hash.js';
import { built } from '../../../src/package-root.js';
import { scene } from '../../support/images.js';
import { cut, waves } from '../../support/rasters.js';

const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));
const side = 300;

function distance(one: PdqHashes, other: PdqHashes): number {
  return hammingDistance(one.hashes[0] ?? '', other.hashes[0] ?? '');
}

function load(raster: Raster): Area {
  kernel.load(raster);
  return { x: 0, y: 0, width: raster.width, height: raster.height };
}

describe('the hash of an extended picture', () => {
  it('is the same as in TypeScript, up to the order of sums, for any picture and area', () => {
    const margin = fc.integer({ min: 0, max: 60 });
    fc.assert(
      fc.property(fc.nat(), margin, margin, margin, margin, fc.boolean(), (seed, left, top, right, bottom, isOutside) => {
        const raster = waves(200, seed);
        const whole = load(raster);
        // Beyond the image, or over a band inside it.
        const inner = { x: left, y: top, width: 200 - left - right, height: 200 - top - bottom };
        const outer = { x: -left, y: -top, width: 200 + left + right, height: 200 + top + bottom };
        const [area, picture] = isOutside ? [outer, whole] : [whole, inner];
        expect(distance(kernel.pdqExtended(area, picture), plainExtended(raster, area, picture))).toBeLessThanOrEqual(4);
      }),
      { numRuns: 15 },
    );
  });

  it('is the hash of the picture where nothing is missing', () => {
    const whole = load(waves(side, 3));
    expect(kernel.pdqExtended(whole, whole).hashes[0]).toBe(kernel.pdqOfPart(whole, 'upright').hashes[0]);
  });

  it('brings a copy without a tenth of one side back near the original', async () => {
    const { data, info } = await (await scene(3)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    const original: Raster = { data, width, height, channels: 3 };
    load(original);
    const wanted = kernel.pdq();
    const missing = Math.round(width / 10);
    const whole = load(cut(original, { x: missing, y: 0, width: width - missing, height }));
    const extended = kernel.pdqExtended({ x: -missing, y: 0, width, height }, whole);
    expect(distance(extended, wanted)).toBeLessThan(distance(kernel.pdq(), wanted) / 2);
  });

  it('refuses an area that misses the picture', () => {
    const whole = load(waves(side, 1));
    expect(() => kernel.pdqExtended({ x: side, y: 0, width: 50, height: 50 }, whole)).toThrow(RangeError);
    expect(() => kernel.pdqExtended(whole, { ...whole, width: side + 1 })).toThrow(RangeError);
  });
});

describe('the hash of a picture before a tilt', () => {
  it('is the same as in TypeScript, up to the rounding of samples', () => {
    const degrees = fc.integer({ min: -9, max: 9 }).map((half) => half / 2);
    fc.assert(
      fc.property(fc.nat(), degrees, fc.integer({ min: 80, max: 100 }), (seed, tilt, percent) => {
        const raster = waves(260, seed);
        load(raster);
        const plain = plainTilted(raster, tilt, percent / 100, 1);
        expect(distance(kernel.pdqTilted(tilt, percent / 100, 1), plain)).toBeLessThanOrEqual(8);
      }),
      { numRuns: 10 },
    );
  });

  it('is near the hash of the picture where nothing was turned', () => {
    load(waves(side, 5));
    expect(distance(kernel.pdqTilted(0, 1, 1), kernel.pdq())).toBeLessThanOrEqual(10);
  });
});
