import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { minimumQuality } from '../../../native-free-workers/hashing/degenerate-limits.js';
import { loadImageKernel } from '../../../native-free-workers/hashing/load-image-kernel.js';
import type { Raster } from '../../../native-free-workers/hashing/raster.js';
import { isDegenerateLuma, isDegenerateSums } from '../../../native-free-workers/oracles/degenerate.js';
import { minimumQuality as minimumOfService } from '../../../src/domain/hash.js';
import { built } from '../../../src/package-root.js';
import { noise, waves } from '../../support/rasters.js';
import { describeWithReference, referenceFile, referenceFiles } from '../../support/reference.js';

const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));

function degenerateHashes(raster: Raster): { pdq: boolean; blockhash: boolean } {
  kernel.load(raster);
  kernel.pdq();
  kernel.blockhashes();
  return { pdq: kernel.isDegenerate(), blockhash: kernel.areBlocksDegenerate() };
}

function picture(width: number, height: number, level: (x: number, y: number) => number): Raster {
  const data = Uint8Array.from({ length: width * height }, (_, at) => level(at % width, Math.floor(at / width)));
  return { data, width, height, channels: 1 };
}

async function decoded(file: string): Promise<Raster> {
  const { data, info } = await sharp(referenceFile(file))
    .flatten()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, channels: 3 };
}

describe('minimumQuality', () => {
  it('equals the minimum quality of the service', () => {
    expect(minimumQuality).toBe(minimumOfService);
  });
});

describe('a degenerate picture', () => {
  it.each([
    ['black', picture(200, 200, () => 0)],
    ['white', picture(200, 200, () => 255)],
    ['two halves', picture(200, 300, (x) => (x < 100 ? 0 : 255))],
    ['two uneven halves', picture(640, 480, (_, y) => (y < 130 ? 20 : 240))],
    ['a slope from left to right', picture(300, 200, (x) => (x * 255) / 300)],
    ['a slope from top to bottom', picture(300, 200, (_, y) => (y * 255) / 200)],
    ['stripes', picture(256, 256, (x) => ((x >> 4) % 2) * 255)],
    ['a chessboard', picture(256, 256, (x, y) => (((x >> 5) + (y >> 5)) % 2) * 255)],
    ['four quarters', picture(200, 200, (x, y) => (x < 100 ? 0 : 60) + (y < 100 ? 0 : 120))],
  ])('is detected: %s', (_, raster) => {
    expect(degenerateHashes(raster)).toEqual({ pdq: true, blockhash: true });
  });

  it('is not a picture of waves or noise', () => {
    expect(degenerateHashes(waves(200, 1))).toEqual({ pdq: false, blockhash: false });
    expect(degenerateHashes({ data: noise(90_000, 1), width: 300, height: 300, channels: 1 })).toMatchObject({ pdq: false });
  });

  it('is not a photograph dithered to two pixel values', () => {
    const grey = waves(400, 2);
    const random = noise(grey.data.length, 9);
    const data = grey.data.map((value, at) => (value > (random[at] ?? 0) ? 255 : 0));
    expect(new Set(data).size).toBe(2);
    expect(degenerateHashes({ ...grey, data })).toEqual({ pdq: false, blockhash: false });
  });
});

/** Few or many levels, low or high rank, with or without strays. */
const almostDegenerate = fc
  .record({
    width: fc.constantFrom(64, 64, 64, 100, 300),
    height: fc.constantFrom(64, 64, 64, 90, 200),
    seed: fc.nat(),
    levels: fc.constantFrom(1, 2, 3, 5, 256),
    mixed: fc.integer({ min: 0, max: 5 }),
    strays: fc.constantFrom(0, 0, 0.001, 0.03, 0.05, 0.2),
    strayBy: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ width, height, seed, levels, mixed, strays, strayBy }) => {
    const random = noise(mixed * (width + height) + width * height, seed);
    const share = (at: number) => (random[at] ?? 0) / 255;
    return picture(width, height, (x, y) => {
      let sum = 0;
      for (let k = 0; k < mixed; k++) sum += share(k * width + x) * share(mixed * width + k * height + y);
      const level = mixed === 0 ? 128 : Math.round((sum / mixed) * (levels - 1)) * (255 / Math.max(1, levels - 1));
      const isStray = share(mixed * (width + height) + y * width + x) < strays;
      return Math.min(255, level + (isStray ? strayBy : 0));
    });
  });

describe('the detection', () => {
  it('is the same in WebAssembly and TypeScript, for luma and block sums', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(almostDegenerate, fc.constantFrom(0.85, 0.96), (raster, share) => {
        const { pdq, blockhash } = degenerateHashes(raster);
        expect(pdq).toBe(isDegenerateLuma(kernel.decimatedLuma()));
        expect(kernel.isDegenerate(share)).toBe(isDegenerateLuma(kernel.decimatedLuma(), share));
        expect(blockhash).toBe(isDegenerateSums(kernel.blockSums()));
        seen.add(`${pdq} ${blockhash}`);
      }),
      { numRuns: 300 },
    );
    // Otherwise the pictures could not tell the two apart.
    expect(seen.size).toBe(4);
  });

  it('does not change the luma', () => {
    kernel.load(waves(200, 1));
    kernel.pdq();
    const before = kernel.decimatedLuma().slice();
    kernel.isDegenerate();
    expect(kernel.decimatedLuma()).toEqual(before);
  });
});

describeWithReference('the photographs of the PDQ reference', () => {
  const flat = /labelme-subset\/q000[34]/;
  const photographs = [
    'misc-images/modes',
    'bridge-mods',
    'reg-test-input/dih',
    'reg-test-input/exif-rotn',
    'reg-test-input/labelme-subset',
  ]
    .flatMap((folder) => referenceFiles(`pdq/images/${folder}`))
    .filter((file) => !flat.test(file));

  it.each(photographs)('have usable hashes: %s', async (file) => {
    expect(degenerateHashes(await decoded(file))).toEqual({ pdq: false, blockhash: false });
  });
});
