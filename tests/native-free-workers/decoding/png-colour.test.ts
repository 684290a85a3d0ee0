import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../../native-free-workers/decoding/normalise.js';
import type { Raster } from '../../../native-free-workers/hashing/raster.js';
import { pngChunk } from '../../support/bad-images.js';
import { withPngChunks, withPngProfile } from '../../support/bombs.js';
import { scene } from '../../support/photographs.js';

const limits = { maxPixels: 10_000_000, maxFrames: 10 };
const png = await scene(1, 64, 48).png().toBuffer();
const palette = await scene(1, 64, 48).png({ palette: true }).toBuffer();
const deep = await scene(1, 64, 48).toColourspace('rgb16').png().toBuffer();
const { icc: p3 = Buffer.of() } = await sharp(await scene(1, 64, 48).withIccProfile('p3').png().toBuffer()).metadata();

function numbers(type: string, ...values: number[]): Buffer {
  const data = Buffer.alloc(values.length * 4);
  for (const [k, value] of values.entries()) data.writeUInt32BE(value, k * 4);
  return pngChunk(type, data);
}
const gamma = (value: number): Buffer => numbers('gAMA', value);
const srgb = pngChunk('sRGB', Buffer.of(0));
const codePoints = (...points: number[]): Buffer => pngChunk('cICP', Buffer.from(points));
const swappedPrimaries = numbers('cHRM', 31_270, 32_900, 15_000, 6_000, 30_000, 60_000, 64_000, 33_000);
const damaged = gamma(100_000).fill(0, 12);
const afterPalette = (file: Buffer, chunk: Buffer): Buffer => {
  const idat = file.indexOf('IDAT') - 4;
  return Buffer.concat([file.subarray(0, idat), chunk, file.subarray(idat)]);
};

async function rastersOf(file: Uint8Array): Promise<Raster[]> {
  const image = await normalise(file, limits);
  if (!('frames' in image)) throw new Error(`not decoded: ${image.unscannable}`);
  return image.frames.map(({ raster }) => raster);
}

async function rasterOf(file: Uint8Array): Promise<Raster> {
  const [raster] = await rastersOf(file);
  if (!raster) throw new Error('no frame');
  return raster;
}

/** By Chromium, for 8-bit samples without alpha. */
async function shown(file: Uint8Array, value: number): Promise<Buffer> {
  const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
  const exponent = 1 / ((value / 100_000) * 2.2);
  return sharp(
    data.map((sample) => Math.round((sample / 255) ** exponent * 255)),
    { raw: info },
  )
    .png()
    .toBuffer();
}

describe('a PNG with a gamma', () => {
  it.each([1_000, 2_272, 40_000, 55_556, 100_000, 1_000_000])('of %i is decoded as browsers show it', async (value) => {
    expect(await rasterOf(withPngChunks(png, gamma(value)))).toEqual(await rasterOf(await shown(png, value)));
  });

  it('and a palette is decoded as browsers show it', async () => {
    expect(await rasterOf(withPngChunks(palette, gamma(100_000)))).toEqual(await rasterOf(await shown(palette, 100_000)));
  });

  it('in grey is decoded as browsers show it', async () => {
    const grey = await scene(1, 64, 48).toColourspace('b-w').png().toBuffer();
    const firstChannel = ({ data, channels }: Raster) => data.filter((_, at) => at % channels === 0);
    const seen = await rasterOf(withPngChunks(grey, gamma(100_000)));
    expect(firstChannel(seen)).toEqual(firstChannel(await rasterOf(await shown(grey, 100_000))));
  });

  it('is reduced after the gamma is applied, so no picture hides between the pixels', async () => {
    const [dark, light] = await Promise.all([1, 2].map((seed) => scene(seed, 1_600, 1_200).raw().toBuffer()));
    const woven = Buffer.from(dark ?? []).map((sample, at) => {
      const isLight = (Math.floor(at / 3) + Math.floor(at / 4_800)) % 2 === 1;
      return isLight ? 221 + Math.round(((light?.[at] ?? 0) / 255) ** 0.35 * 34) : Math.round((sample * 220) / 255);
    });
    const file = await sharp(woven, { raw: { width: 1_600, height: 1_200, channels: 3 } })
      .png()
      .toBuffer();
    expect(await rasterOf(withPngChunks(file, gamma(2_272)))).toEqual(await rasterOf(await shown(file, 2_272)));
  });

  it('is laid on white after the gamma is applied', async () => {
    const alpha = await scene(1, 64, 48).extractChannel(0).raw().toBuffer();
    const black = sharp({ create: { width: 64, height: 48, channels: 3, background: '#000' } });
    const file = await black
      .joinChannel(alpha, { raw: { width: 64, height: 48, channels: 1 } })
      .png()
      .toBuffer();
    expect(await rasterOf(withPngChunks(file, gamma(2_272)))).toEqual(await rasterOf(file));
  });

  it.each([
    ['of sRGB', [gamma(45_455)]],
    ['that libpng treats as sRGB', [gamma(47_700)]],
    ['beside sRGB', [srgb, gamma(2_272)]],
    ['beside code points of sRGB', [codePoints(1, 13, 0, 1), gamma(2_272)]],
    [
      'beside the primaries of Adobe RGB',
      [gamma(45_455), numbers('cHRM', 31_270, 32_900, 64_000, 33_000, 21_000, 71_000, 15_000, 6_000)],
    ],
  ])('%s is left as it is', async (_, chunks) => {
    expect(await rasterOf(withPngChunks(png, ...chunks))).toEqual(await rasterOf(png));
  });

  it('does not count an sRGB chunk after the palette', async () => {
    expect(await rasterOf(afterPalette(palette, srgb))).toEqual(await rasterOf(palette));
  });

  it('beside a profile follows the profile', async () => {
    const profiled = withPngProfile(png, p3);
    expect(await rasterOf(withPngChunks(profiled, gamma(2_272)))).toEqual(await rasterOf(profiled));
  });
});

describe('a PNG about whose colours viewers disagree', () => {
  it.each([
    ['code points of BT.709', png, withPngChunks(png, codePoints(1, 1, 0, 1))],
    ['code points of P3', png, withPngChunks(png, codePoints(12, 13, 0, 1))],
    ['code points of BT.2100', png, withPngChunks(png, codePoints(9, 16, 0, 1))],
    ['swapped primaries', png, withPngChunks(png, swappedPrimaries)],
    ['half of its primaries', png, withPngChunks(png, numbers('cHRM', 31_270, 32_900))],
    ['primaries of 0', png, withPngChunks(png, numbers('cHRM', 0, 0, 0, 0, 0, 0, 0, 0))],
    ['a profile and sRGB', png, withPngChunks(withPngProfile(png, p3), srgb)],
    ['a profile and code points', png, withPngChunks(withPngProfile(png, p3), codePoints(1, 13, 0, 1))],
    ['two gammas', png, withPngChunks(png, gamma(45_455), gamma(2_272))],
    ['a damaged gamma', png, withPngChunks(png, damaged)],
    ['a gamma after its palette', palette, afterPalette(palette, gamma(2_272))],
    ['a gamma before its palette and sRGB after it', palette, afterPalette(withPngChunks(palette, gamma(2_272)), srgb)],
    ['a gamma of 0', png, withPngChunks(png, gamma(0))],
    ['a gamma without a value', png, withPngChunks(png, pngChunk('gAMA', Buffer.of()))],
    ['a gamma of 0.02', png, withPngChunks(png, gamma(2_272))],
    ['a gamma of 16 bits', deep, withPngChunks(deep, gamma(2_272))],
  ])('is hashed as it is stored, with %s', async (_, plain, file) => {
    expect((await rastersOf(file)).map(({ data }) => data)).toContainEqual((await rasterOf(plain)).data);
  });

  it.each([
    ['code points of P3', withPngChunks(png, codePoints(12, 13, 0, 1)), withPngProfile(png, p3)],
    [
      'primaries of P3',
      withPngChunks(png, numbers('cHRM', 31_270, 32_900, 68_000, 32_000, 26_500, 44_000, 15_000, 6_000)),
      undefined,
    ],
    ['swapped primaries', withPngChunks(png, swappedPrimaries), undefined],
  ])('is also hashed as its colours say, with %s', async (_, file, same) => {
    const [converted, stored] = await rastersOf(file);
    expect(converted?.data).not.toEqual(stored?.data);
    if (same) expect(maxDifference(converted, await rasterOf(same))).toBeLessThanOrEqual(2);
  });
});

function maxDifference(a: Raster | undefined, b: Raster): number {
  return Math.max(...b.data.map((value, at) => Math.abs(value - (a?.data[at] ?? 0))));
}
