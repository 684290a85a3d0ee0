import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../../native-free-workers/decoding/normalise.js';
import { withMissingBytes } from '../../../native-free-workers/file-formats/webp-ending.js';
import { scene } from '../../support/photographs.js';

const limits = { maxPixels: 1_000_000, maxFrames: 10 };
const pictures = await Promise.all([1, 2, 3].map((seed) => scene(seed, 200, 150).png().toBuffer()));
const animated = sharp(pictures, { join: { animated: true } });
const files = [
  ['a lossy WebP', await sharp(pictures[0]).webp().toBuffer()],
  ['a lossless WebP', await sharp(pictures[0]).webp({ lossless: true }).toBuffer()],
  ['an animated WebP', await animated.clone().webp().toBuffer()],
  ['a lossless animated WebP', await animated.clone().webp({ lossless: true }).toBuffer()],
] as const;

describe.each(files)('%s', (_, file) => {
  it.each([0.3, 0.6, 0.8, 0.99])('cut at %f is hashed by what it still shows, and truncated', async (share) => {
    const cut = file.subarray(0, Math.floor(file.length * share));
    expect(await normalise(cut, limits)).toMatchObject({ width: 200, height: 150, truncated: true });
  });

  it('is left alone when it is whole', () => {
    expect(withMissingBytes(file)).toBeUndefined();
  });
});

describe('the header of a WebP that claims gigabytes', () => {
  it('does not allocate them', () => {
    const [[, file]] = files;
    const claiming = Buffer.from(file.subarray(0, 100));
    claiming.writeUInt32LE(0xfffffff0, 16);
    expect(withMissingBytes(claiming)).toBeUndefined();
  });
});
