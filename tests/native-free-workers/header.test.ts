import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { plainHeader } from '../../native-free-workers/header.js';
import { waves } from '../support/rasters.js';

const { data } = waves(90, 1);
const grey = (): Sharp => sharp(data, { raw: { width: 90, height: 90, channels: 1 } }).resize(70, 50, { fit: 'fill' });
const colour = (): Sharp => grey().toColourspace('srgb');

describe('plainHeader', () => {
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
  ] as const)('reads size and kind of a %s (%s)', async (format, _, encode, isGrey) => {
    // withMetadata embeds a profile; here only its EXIF is wanted.
    const bytes = await encode().toBuffer();
    const hasProfile = (await sharp(bytes).metadata()).icc !== undefined;
    expect(plainHeader(bytes, format)).toEqual(hasProfile ? undefined : { width: 70, height: 50, isGrey });
  });

  it.each([
    ['jpeg', 'of CMYK', () => colour().toColourspace('cmyk').jpeg()],
    ['jpeg', 'with a profile', () => colour().withIccProfile('p3').jpeg()],
    ['png', 'with a profile', () => colour().withIccProfile('p3').png()],
    ['webp', 'of any kind', () => colour().webp()],
  ] as const)('leaves a %s %s to a closer look', async (format, _, encode) => {
    expect(plainHeader(await encode().toBuffer(), format)).toBeUndefined();
  });

  it('says nothing of a file that ends before its frame, at whatever byte', async () => {
    const bytes = await colour().jpeg().toBuffer();
    const frame = bytes.indexOf(Buffer.of(0xff, 0xc0));
    for (let length = 3; length < frame + 9; length++) expect(plainHeader(bytes.subarray(0, length), 'jpeg')).toBeUndefined();
  });
});
