import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../../native-free-workers/decoding/normalise.js';
import { endless } from '../../support/bombs.js';
import { scene } from '../../support/photographs.js';
import { withDigests } from '../../support/rasters.js';
import { tiffOf, tiffPage } from '../../support/tiff.js';

const limits = { maxPixels: 3_000_000, maxFrames: 10 };
const small = await tiffPage(scene(1, 64, 48));
const large = await tiffPage(scene(2, 1_600, 1_200));

async function rastersOf(file: Buffer) {
  const image = withDigests(await normalise(file, limits));
  if ('unscannable' in image) throw new Error(image.unscannable);
  return image.frames.map(({ variant, raster }) => ({ variant, raster }));
}

describe('a TIFF with pages', () => {
  it('reduces each page by its own size', async () => {
    const [alone] = await rastersOf(tiffOf(small));
    const [reduced] = await rastersOf(tiffOf(large));
    expect(await rastersOf(tiffOf(small, large))).toEqual([alone, { ...reduced, variant: 'frame_2' }]);
    expect(await rastersOf(tiffOf(large, small))).toEqual([reduced, { ...alone, variant: 'frame_2' }]);
  });

  it('answers too_many_pixels for any page over the limit', async () => {
    const bomb = { width: 2_000, height: 2_000, strip: deflateSync(Buffer.alloc(4_000_000)) };
    expect(await normalise(tiffOf(small, bomb), limits)).toEqual({ unscannable: 'too_many_pixels' });
    expect(await normalise(tiffOf(small, bomb, small), limits)).toEqual({ unscannable: 'too_many_pixels' });
  });

  it('is hashed by its undamaged pages, and says how many there are', async () => {
    const damaged = { ...small, strip: small.strip.subarray(0, 20) };
    const [first] = await rastersOf(tiffOf(small));
    expect(await rastersOf(tiffOf(small, damaged))).toEqual([first]);
    expect(await normalise(tiffOf(small, damaged), limits)).toMatchObject({ looked: { looked: 1, of: 2 } });
    expect(await rastersOf(tiffOf(small, damaged, small))).toEqual([first, { ...first, variant: 'frame_3' }]);
  });
});

describe('an animation that is too long to play', () => {
  const pictures = [1, 2, 3].map((seed) => scene(seed, 64, 48).resize(1_920, 1_080, { fit: 'fill' }).png().toBuffer());

  it('is hashed by the frames of the playable part, and says how many there are', async () => {
    const animation = sharp(await Promise.all(pictures), { join: { animated: true } });
    const short = await animation.webp({ effort: 0 }).toBuffer();
    const [first, ...others] = await rastersOf(short);
    expect(others.map(({ variant }) => variant)).toEqual(['frame_3', 'frame_2']);
    // 23 of these frames have 48 megapixels.
    const long = withDigests(await normalise(endless(short, 900), { ...limits, maxFrames: 1_000 }));
    expect(long).toMatchObject({ looked: { looked: 23, of: expect.any(Number) } });
    expect('frames' in long && long.frames.map(({ raster }) => raster.sha256)).toContain(first?.raster.sha256);
  });

  it('has no later frame if the second one exceeds the limit', async () => {
    const two = await Promise.all(
      [1, 2].map((seed) => scene(seed, 64, 48).resize(6_000, 5_000, { kernel: 'nearest' }).jpeg().toBuffer()),
    );
    const animation = await sharp(two, { join: { animated: true } })
      .webp({ effort: 0 })
      .toBuffer();
    const image = await normalise(animation, { ...limits, maxPixels: 30_000_000 });
    expect('frames' in image && image.frames.map(({ variant }) => variant)).toEqual(['full']);
  });
});

describe('an animation that is cut', () => {
  const frames = Promise.all([1, 2, 3].map((seed) => scene(seed, 64, 48).png().toBuffer()));
  const animated = async () => sharp(await frames, { join: { animated: true } });

  it.each([
    ['gif', async () => (await animated()).gif().toBuffer()],
    ['webp', async () => (await animated()).webp({ lossless: true }).toBuffer()],
  ])('after its first frame is hashed by it as truncated, or refused (%s)', async (_, save) => {
    const bytes = await save();
    const [first] = await rastersOf(bytes);
    for (const part of [0.5, 0.7, 0.9]) {
      const answer = withDigests(await normalise(bytes.subarray(0, bytes.length * part), limits));
      if ('unscannable' in answer) expect(answer).toEqual({ unscannable: 'truncated' });
      else expect(answer.frames[0]).toMatchObject({ variant: 'full', raster: { sha256: first?.raster.sha256 } });
    }
  });
});
