import { readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { minSide } from '../../native-free-workers/decoding/reduced-size.js';
import { startImaging } from '../../src/imaging/client.js';
import { generatedVectors } from '../fixtures/pdq/generated.js';
import { degenerate, referenceFile, referenceVectors } from '../support/reference.js';

const imaging = startImaging({ children: 1, variants: 'none' });
afterAll(() => imaging.close());

// Smaller pictures get no hash from the imaging process. The kernel has tests of its own for them.
const scannable = generatedVectors().filter(({ raster }) => Math.min(raster.width, raster.height) >= minSide);
const drawn = referenceVectors().filter(({ file }) => file.startsWith('pdq/lossless/') && !degenerate.test(file));

async function fullHashes(bytes: Buffer) {
  const result = await imaging.hash(bytes);
  return 'pdq' in result ? result.pdq[0] : result;
}

describe('the imaging process and the C++ reference', () => {
  it.each(drawn)('agree bit for bit on $file', async ({ file, quality, hashes }) => {
    expect(await fullHashes(await readFile(referenceFile(file)))).toMatchObject({ quality, hashes });
  });

  it.each(scannable)('agree bit for bit on a generated PNG of $name', async ({ raster, quality, hashes }) => {
    const { data, width, height, channels } = raster;
    const image = sharp(data, { raw: { width, height, channels } }).toColourspace(channels === 1 ? 'b-w' : 'srgb');
    expect(await fullHashes(await image.png().toBuffer())).toMatchObject({ quality, hashes });
  });
});
