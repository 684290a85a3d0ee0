import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { normalise } from '../../../native-free-workers/decoding/normalise.js';
import { isPlainSrgb } from '../../../native-free-workers/file-formats/srgb-profile.js';
import { withPngProfile } from '../../support/bombs.js';
import { scene } from '../../support/photographs.js';
import { colorants, curve, formula, profileOf, toneOf } from '../../support/profiles.js';

async function profile(name: string): Promise<Uint8Array> {
  const image = sharp({ create: { width: 8, height: 8, channels: 3, background: '#888' } });
  const space = name === 'cmyk' ? 'cmyk' : 'srgb';
  const { icc } = await sharp(await image.toColourspace(space).withIccProfile(name).jpeg().toBuffer()).metadata();
  if (!icc) throw new Error('no profile was embedded');
  return icc;
}

const srgb = await profile('srgb');

function changed(change: (bytes: Uint8Array, view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(srgb);
  change(bytes, new DataView(bytes.buffer));
  return bytes;
}

function tag(name: string): number {
  const at = Buffer.from(srgb).indexOf(name, 132, 'latin1');
  if (at < 0) throw new Error(`no tag ${name}`);
  return at;
}

describe('isPlainSrgb', () => {
  it('recognises sRGB', () => {
    expect(isPlainSrgb(srgb)).toBe(true);
  });

  it.each(['p3', 'cmyk'])('does not accept %s as sRGB', async (name) => {
    expect(isPlainSrgb(await profile(name))).toBe(false);
  });

  it('does not accept a profile with red and blue swapped', () => {
    const swapped = changed((bytes) => {
      bytes[tag('rXYZ')] = 'b'.charCodeAt(0);
      bytes[tag('bXYZ')] = 'r'.charCodeAt(0);
    });
    expect(isPlainSrgb(swapped)).toBe(false);
  });

  it('does not accept a profile that also has a table', () => {
    const withTable = changed((bytes) => bytes.set(Buffer.from('A2B0'), tag('desc')));
    expect(isPlainSrgb(withTable)).toBe(false);
  });

  it('does not accept a profile that ends early, at any byte', () => {
    for (let length = 0; length < srgb.length; length++) expect(isPlainSrgb(srgb.subarray(0, length))).toBe(false);
  });
});

const [a, b, c, d] = [1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
const plain = formula(2.4, a, b, c, d);
/** sRGB, except for the green curve. */
const withGreen = (green: Buffer): Uint8Array => profileOf([...colorants, ...toneOf(plain, green, plain)]);
const samples = (count: number, of: (x: number) => number): Buffer =>
  curve(Array.from({ length: count }, (_, k) => of(k / (count - 1))));
const srgbLight = (x: number): number => (x < d ? c * x : (a * x + b) ** 2.4);

/** Each shows another picture than the stored pixels. The first one passed when only g, a and b were checked. */
const hostile: [string, Uint8Array][] = [
  ['a formula whose linear part is black and has no end', withGreen(formula(2.4, a, b, 0, 2))],
  ['a formula whose linear part is four times as light', withGreen(formula(2.4, a, b, 4, 2))],
  ['a formula that hides a picture below the first step of 8 bits', withGreen(formula(2.4, a, b, 900, 1 / 300))],
  ['a formula that is right in the middle alone', withGreen(formula(2.222, 1, 0, 1, 0.2))],
  ['a formula of another type', withGreen(formula(2.4, a, b, c, d, 1))],
  ['a formula that is cut short', withGreen(formula(2.4, a, b, c, d).subarray(0, 28))],
  ['a table of stairs', withGreen(samples(1025, (x) => srgbLight(Math.round(x * 4) / 4)))],
  [
    'a table that leaves sRGB between the inputs of 8 bits',
    withGreen(samples(2551, (x) => ((x * 2550) % 10 === 5 ? 1 : srgbLight(x)))),
  ],
  ['a table of three', withGreen(samples(3, srgbLight))],
  ['a table with room for another', withGreen(Buffer.concat([samples(1024, srgbLight), Buffer.alloc(1024)]))],
  ['a gamma of 1', withGreen(curve([]))],
  ['a green curve that comes twice', profileOf([...colorants, ...toneOf(plain, plain, plain), ['gTRC', formula(1, 0, 0, 0, 0)]])],
  ...['A2B0', 'A2B1', 'B2A0', 'D2B0', 'cicp', 'vcgt', 'what'].map((name): [string, Uint8Array] => [
    `a ${name}`,
    profileOf([...colorants, ...toneOf(plain, plain, plain), [name, Buffer.alloc(32)]]),
  ]),
];

describe('isPlainSrgb with a crafted profile', () => {
  it('recognises sRGB as formula and as table', () => {
    expect(isPlainSrgb(withGreen(plain))).toBe(true);
    expect(isPlainSrgb(withGreen(samples(1024, srgbLight)))).toBe(true);
  });

  it.each(hostile)('does not accept %s as sRGB', (_, icc) => {
    expect(isPlainSrgb(icc)).toBe(false);
  });
});

describe('normalise', () => {
  const limits = { maxPixels: 1_000_000, maxFrames: 10 };
  const pixels = async (file: Buffer): Promise<Buffer> => {
    const image = await normalise(file, limits);
    if ('unscannable' in image) throw new Error(image.unscannable);
    return Buffer.from(image.frames[0]?.raster.data ?? []);
  };

  it.each(hostile.slice(0, 2))('decodes %s as a colour engine does', async (_, icc) => {
    const png = await scene(1, 64, 48).png().toBuffer();
    const shown = await sharp(withPngProfile(png, icc)).toColourspace('srgb').raw().toBuffer();
    expect(await pixels(withPngProfile(png, icc))).toEqual(shown);
    expect(shown).not.toEqual(await pixels(png));
  });
});
