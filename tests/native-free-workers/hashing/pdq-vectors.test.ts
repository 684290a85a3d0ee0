import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { PdqHashes } from '../../../native-free-workers/hashing/image-kernel.js';
import { loadImageKernel } from '../../../native-free-workers/hashing/load-image-kernel.js';
import type { Raster } from '../../../native-free-workers/hashing/raster.js';
import { plainPdq } from '../../../native-free-workers/oracles/pdq.js';
import { built } from '../../../src/package-root.js';
import { generatedVectors } from '../../fixtures/pdq/generated.js';
import { degenerate, describeWithReference, referenceFile, referenceVectors } from '../../support/reference.js';

const kernel = await loadImageKernel(built('native-free-workers/image.wasm'));

function wasmPdq(raster: Raster): PdqHashes {
  kernel.load(raster);
  return kernel.pdq();
}

const kernels = [
  ['wasm', wasmPdq],
  ['plain', plainPdq],
] as const;

const lossless = referenceVectors().filter(({ file }) => file.startsWith('pdq/lossless/'));

async function pixels(file: string): Promise<Raster> {
  const { data, info } = await sharp(referenceFile(file)).raw().toBuffer({ resolveWithObject: true });
  if (info.channels === 2) throw new Error('the lossless set has no alpha');
  return { data, width: info.width, height: info.height, channels: info.channels };
}

function luma(rows: number, columns: number, value: (i: number, j: number) => number): Raster {
  const data = Uint8Array.from({ length: rows * columns }, (_, k) => value(Math.floor(k / columns), k % columns));
  return { data, width: columns, height: rows, channels: 1 };
}

/** By the C++ reference, for pictures made by formula. */
const lumaVectors = [
  {
    name: '64x64, taken without a filter',
    raster: luma(64, 64, (i, j) => (7 * i + 13 * j + 5 * ((i * j) % 31)) % 256),
    quality: 100,
    hash: '33f1be84637fd542737f7540ba8954c2ffeaf545a645774a6fc2501504283095',
  },
  {
    name: '128x96',
    raster: luma(128, 96, (i, j) => (i * i + 3 * j * j + i * j) % 256),
    quality: 100,
    hash: '6954ed5f4ff55ead730834b548e19f92b884ea5b29332f800a21b5f6700cda73',
  },
  {
    name: '200x333',
    raster: luma(200, 333, (i, j) => (37 * Math.floor(i / 11) + 53 * Math.floor(j / 17)) % 256),
    quality: 100,
    hash: '3ad4b83dcdb3bed84db5fe1c80ca024bf8be125b98fb5780a7000da0b70b6da6',
  },
  {
    name: '5x5, the smallest there is',
    raster: luma(5, 5, (i, j) => 50 * i + 10 * j),
    quality: 62,
    hash: '435064c994a5c6716b5a6e5fc3f0ce639f26768d64d9318c6e5b64d9318c4c5b',
  },
  { name: '4x100, which is too small', raster: luma(4, 100, (i, j) => i * j), quality: 0, hash: '0'.repeat(64) },
];

describe.each(kernels)('the %s PDQ kernel and the C++ reference', (_, pdq) => {
  it.each(lumaVectors)('agree bit for bit on a luma vector of $name', ({ raster, quality, hash }) => {
    const result = pdq(raster);
    expect(result.quality).toBe(quality);
    expect(result.hashes[0]).toBe(hash);
  });

  it.each(generatedVectors())('agree bit for bit on a generated picture of $name', ({ raster, quality, hashes }) => {
    expect(pdq(raster)).toEqual({ quality, hashes });
  });

  it.each(lossless)('agree bit for bit on $file', async ({ file, quality, hashes }) => {
    const result = pdq(await pixels(file));
    expect(result.quality).toBe(quality);
    if (!degenerate.test(file)) expect(result.hashes).toEqual(hashes);
  });
});

describe('the committed vectors', () => {
  it('hold the generated pictures and the drawn files', () => {
    expect(generatedVectors().length).toBeGreaterThan(20);
    expect(lossless.length).toBeGreaterThanOrEqual(6);
  });
});

describeWithReference('the reference material', () => {
  it('adds the lossless photographs', () => {
    expect(lossless.length).toBeGreaterThan(50);
  });
});
