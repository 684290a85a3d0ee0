import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { webpPixels } from '../../../native-free-workers/file-formats/webp-size.js';
import { scene } from '../../support/photographs.js';

const image = (): Sharp => scene(1, 300, 211);

describe('webpPixels', () => {
  it.each([
    ['lossy', () => image().webp()],
    ['lossless', () => image().webp({ lossless: true })],
    ['with alpha', () => image().ensureAlpha(0.5).webp()],
    ['with a profile', () => image().withIccProfile('p3').webp()],
  ])('reads the size of a WebP (%s)', async (_, save) => {
    expect(webpPixels(await save().toBuffer())).toBe(300 * 211);
  });

  it('reads the canvas of an animation', async () => {
    const frames = await Promise.all([1, 2].map((seed) => scene(seed, 60, 50).png().toBuffer()));
    const animation = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    expect(webpPixels(animation)).toBe(60 * 50);
  });

  it('reads the largest canvas without overflow', () => {
    const bytes = Buffer.alloc(30, 0xff);
    bytes.write('RIFF\xff\xff\xff\xffWEBPVP8X', 'latin1');
    expect(webpPixels(bytes)).toBe(2 ** 48);
  });

  it('returns 0 for a cut file and for another chunk', () => {
    expect(webpPixels(Buffer.from('RIFF\0\0\0\0WEBPVP8X'))).toBe(0);
    expect(webpPixels(Buffer.alloc(40))).toBe(0);
  });
});
