/** Profiles that we apply and browsers ignore: a browser shows a known photograph, and we might hash something else. */
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hammingDistance, isWholeOrFrame } from '../../src/domain/hash.js';
import { type ImageHashes, type Imaging, type Purpose, startImaging } from '../../src/imaging/client.js';
import { withJpegSegments, withPngProfile } from '../support/bombs.js';
import { scene } from '../support/images.js';
import { app2, colorants, curve, formula, profileOf, toneOf, zigzagWith } from '../support/profiles.js';

const srgbLight = formula(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);
const srgb = profileOf([...colorants, ...toneOf(srgbLight, srgbLight, srgbLight)]);

function changed(profile: Buffer, change: (bytes: Buffer) => void): Buffer {
  const copy = Buffer.from(profile);
  change(copy);
  return copy;
}

const inJpeg = (jpeg: Buffer, ...segments: Buffer[]): Buffer => withJpegSegments(jpeg, 0xe2, segments);

const picture = await scene(11);
const jpeg = await picture.clone().jpeg({ quality: 92 }).toBuffer();
const png = await picture.clone().png().toBuffer();
const greyJpeg = await picture.clone().toColourspace('b-w').jpeg({ quality: 92 }).toBuffer();
const greyPng = await picture.clone().toColourspace('b-w').png().toBuffer();
/** Display P3 moves the hash of a saturated photograph by up to two bits. */
const p3 = await picture.clone().modulate({ saturation: 0.1 }).withIccProfile('p3').jpeg({ quality: 92 }).toBuffer();
const webp = await picture.clone().webp({ quality: 90 }).toBuffer();

/** `shown`: by a browser. */
const files: readonly (readonly [name: string, bytes: Buffer, shown: Buffer])[] = [
  ['a JPEG with two profiles, of which browsers apply the first', inJpeg(jpeg, app2(srgb), app2(zigzagWith())), png],
  ['a JPEG with the first half of a profile', inJpeg(jpeg, app2(zigzagWith(), 1, 2)), png],
  ['a grey JPEG with an RGB profile', inJpeg(greyJpeg, app2(zigzagWith())), greyPng],
  ['a grey PNG with an RGB profile', withPngProfile(greyPng, zigzagWith()), greyPng],
  [
    'a PNG whose profile has a cicp tag',
    withPngProfile(png, zigzagWith(['cicp', Buffer.from('cicp\0\0\0\0\x01\x0d\0\x01', 'latin1')])),
    png,
  ],
  ['a PNG whose profile has a malformed table', withPngProfile(png, zigzagWith(['A2B1', Buffer.alloc(32, 0x41)])), png],
  [
    'a PNG whose profile has no illuminant',
    withPngProfile(
      png,
      changed(zigzagWith(), (bytes) => bytes.fill(0, 68, 80)),
    ),
    png,
  ],
  [
    'a PNG whose profile is of version 5',
    withPngProfile(
      png,
      changed(zigzagWith(), (bytes) => bytes.writeUInt8(5, 8)),
    ),
    png,
  ],
];

let native: Imaging;
let wasm: Imaging;
beforeAll(() => {
  native = startImaging({ children: 1 });
  wasm = startImaging({ children: 1, decoder: 'wasm', deadlineMs: 30_000 });
});
afterAll(() => Promise.all([native.close(), wasm.close()]));

async function hashesOf(bytes: Buffer, imaging = native, purpose: Purpose = 'query'): Promise<ImageHashes> {
  const result = await imaging.hash(bytes, undefined, purpose);
  if (!('pdq' in result)) throw new Error(`answers ${result.unscannable}`);
  return result;
}

const upright = ({ pdq }: ImageHashes, name: string): string => pdq.find(({ variant }) => variant === name)?.hashes[0] ?? '';
const namesOf = ({ pdq }: ImageHashes): string[] => pdq.map(({ variant }) => variant).filter(isWholeOrFrame);

async function distance(found: ImageHashes, shown: Buffer = png): Promise<number> {
  const plain = upright(await hashesOf(shown), 'full');
  return Math.min(...namesOf(found).map((name) => hammingDistance(upright(found, name), plain)));
}

describe('a photograph under a profile that browsers ignore', () => {
  it.each(files)('is recognised in %s', async (_, bytes, shown) => {
    expect(await distance(await hashesOf(bytes), shown)).toBeLessThanOrEqual(10);
  });

  it('is also recognised with the wasm decoder', async () => {
    for (const [, bytes] of files.slice(0, 2)) expect(await distance(await hashesOf(bytes, wasm))).toBeLessThanOrEqual(10);
  });

  it('is searched with the profile, then without, in eight orientations each', async () => {
    const found = await hashesOf(inJpeg(jpeg, app2(zigzagWith())));
    expect(namesOf(found).slice(0, 2)).toEqual(['full', 'unprofiled']);
    expect(hammingDistance(upright(found, 'full'), upright(await hashesOf(png), 'full'))).toBeGreaterThan(60);
    expect(found.pdq[1]?.hashes).toHaveLength(8);
  });

  it('is hashed with the first of two profiles', async () => {
    const [only, both] = [inJpeg(jpeg, app2(zigzagWith())), inJpeg(jpeg, app2(zigzagWith()), app2(srgb))];
    expect(await hashesOf(both)).toEqual(await hashesOf(only));
    expect(await hashesOf(inJpeg(jpeg, app2(srgb), app2(zigzagWith())))).toEqual(await hashesOf(inJpeg(jpeg, app2(srgb))));
    expect(await hashesOf(both.subarray(0, -2))).toEqual(await hashesOf(only));
  });

  it('is enrolled with and without the profile', async () => {
    const found = await hashesOf(inJpeg(jpeg, app2(zigzagWith())), native, 'enrol');
    expect(namesOf(found)).toEqual(['full', 'unprofiled']);
  });

  it('is recognised if the profile leaves one colour', async () => {
    const black = curve([0, 0]);
    const hidden = inJpeg(jpeg, app2(profileOf([...colorants, ...toneOf(black, black, black)])));
    expect(await distance(await hashesOf(hidden))).toBeLessThanOrEqual(10);
  });

  it('is recognised as the last frame of an animation', async () => {
    const flat = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#468' } })
      .png()
      .toBuffer();
    const animation = sharp([flat, png], { join: { animated: true } });
    const plain = await animation.withIccProfile('srgb').webp({ quality: 90 }).toBuffer();
    const at = plain.indexOf('ICCP', 0, 'latin1');
    const profile = zigzagWith();
    const chunk = Buffer.concat([Buffer.from('ICCP\0\0\0\0', 'latin1'), profile, Buffer.alloc(profile.length % 2)]);
    chunk.writeUInt32LE(profile.length, 4);
    const size = plain.readUInt32LE(at + 4);
    const lied = Buffer.concat([plain.subarray(0, at), chunk, plain.subarray(at + 8 + size + (size % 2))]);
    lied.writeUInt32LE(lied.length - 8, 4);
    expect(await distance(await hashesOf(lied))).toBeLessThanOrEqual(10);
  });
});

describe('a photograph with an ordinary profile', () => {
  it.each([
    ['none', webp],
    ['sRGB', inJpeg(jpeg, app2(srgb))],
    ['Display P3', p3],
  ])('is searched once (%s)', async (_, bytes) => {
    expect(namesOf(await hashesOf(bytes))).toEqual(['full']);
  });
});
