import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../../native-free-workers/decoding/normalise.js';
import { cut, waves, withDigests } from '../../support/rasters.js';

const limits = { maxPixels: 100_000_000, maxFrames: 1_000 };
const picture = cut(waves(1_300, 1), { x: 0, y: 0, width: 1_300, height: 1_100 });
const jpeg = (): Promise<Buffer> =>
  sharp(picture.data, { raw: { width: picture.width, height: picture.height, channels: 1 } })
    .toColourspace('srgb')
    .jpeg({ quality: 90 })
    .toBuffer();

/** With EXIF, libvips reads the metadata. */
function withExif(bytes: Buffer): Buffer {
  const exif = Buffer.from('45786966000049492a00080000000000', 'hex');
  return Buffer.concat([bytes.subarray(0, 2), Buffer.of(0xff, 0xe1, 0, exif.length + 2), exif, bytes.subarray(2)]);
}

describe('normalise', () => {
  it('decodes a large JPEG to the same pixels with and without metadata from libvips', async () => {
    const bytes = await jpeg();
    const plain = await normalise(bytes, limits);
    expect(plain).toMatchObject({ width: 1_300, height: 1_100, format: 'jpeg', frames: [{ raster: { reduced: true } }] });
    expect(withDigests(plain)).toEqual(withDigests(await normalise(withExif(bytes), limits)));
  });

  it('refuses a large JPEG with too many pixels, with and without EXIF', async () => {
    const bytes = await jpeg();
    const few = { ...limits, maxPixels: 1_000_000 };
    expect(await normalise(bytes, few)).toEqual({ unscannable: 'too_many_pixels' });
    expect(await normalise(withExif(bytes), few)).toEqual({ unscannable: 'too_many_pixels' });
  });
});
