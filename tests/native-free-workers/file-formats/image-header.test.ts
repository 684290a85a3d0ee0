import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { readSimpleHeader } from '../../../native-free-workers/file-formats/image-header.js';
import { waves } from '../../support/rasters.js';

const { data } = waves(90, 1);
const grey = (): Sharp => sharp(data, { raw: { width: 90, height: 90, channels: 1 } }).resize(70, 50, { fit: 'fill' });
const colour = (): Sharp => grey().toColourspace('srgb');

const withBytes = (bytes: Buffer, at: number, inserted: readonly number[]): Buffer =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(inserted), bytes.subarray(at)]);

describe('readSimpleHeader', () => {
  it.each([
    ['jpeg', 'RGB', () => colour().jpeg(), false],
    ['jpeg', 'progressive', () => colour().jpeg({ progressive: true }), false],
    ['jpeg', 'grey', () => grey().toColourspace('b-w').jpeg(), true],
    [
      'jpeg',
      'with EXIF',
      () =>
        colour()
          .withMetadata({ orientation: 6 })
          .withExif({ IFD0: { Copyright: 'x' } })
          .jpeg(),
      false,
    ],
    ['png', 'RGB', () => colour().png(), false],
    ['png', 'RGBA', () => colour().ensureAlpha(0.5).png(), false],
    ['png', 'grey', () => grey().toColourspace('b-w').png(), true],
    ['png', 'palette', () => colour().png({ palette: true }), false],
  ] as const)('reads size and colours of a %s (%s)', async (format, _, encode, isGrey) => {
    // withMetadata also embeds a profile.
    const bytes = await encode().toBuffer();
    const hasProfile = (await sharp(bytes).metadata()).icc !== undefined;
    const expected = { width: 70, height: 50, isGrey, mayHaveExif: format === 'png' };
    expect(readSimpleHeader(bytes, format)).toEqual(hasProfile ? undefined : expected);
  });

  it.each(['before', 'after'])('detects EXIF %s the frame header of a jpeg', async (place) => {
    const bytes = await colour().jpeg().toBuffer();
    const at = place === 'before' ? 2 : bytes.indexOf(Buffer.of(0xff, 0xda));
    expect(readSimpleHeader(withBytes(bytes, at, [0xff, 0xe1, 0, 4, 1, 2]), 'jpeg')).toMatchObject({ mayHaveExif: true });
  });

  it.each([
    ['a profile after the frame header', [0xff, 0xe2, 0, 4, 1, 2]],
    ['a second frame header', [0xff, 0xc0, 0, 8, 8, 0, 9, 0, 9, 1]],
    ['fill bytes', [0xff]],
    ['bytes between its segments', [0]],
  ])('returns nothing for a jpeg with %s', async (_, inserted) => {
    const bytes = await colour().jpeg().toBuffer();
    expect(readSimpleHeader(withBytes(bytes, bytes.indexOf(Buffer.of(0xff, 0xda)), inserted), 'jpeg')).toBeUndefined();
  });

  it.each([
    ['jpeg', 'of CMYK', () => colour().toColourspace('cmyk').jpeg()],
    ['jpeg', 'with a profile', () => colour().withIccProfile('p3').jpeg()],
    ['png', 'with a profile', () => colour().withIccProfile('p3').png()],
    ['webp', 'of any kind', () => colour().webp()],
  ] as const)('returns nothing for a %s %s', async (format, _, encode) => {
    expect(readSimpleHeader(await encode().toBuffer(), format)).toBeUndefined();
  });

  it('returns nothing for a file that ends anywhere before its frame', async () => {
    const bytes = await colour().jpeg().toBuffer();
    const frame = bytes.indexOf(Buffer.of(0xff, 0xc0));
    for (let length = 3; length < frame + 9; length++)
      expect(readSimpleHeader(bytes.subarray(0, length), 'jpeg')).toBeUndefined();
  });
});
