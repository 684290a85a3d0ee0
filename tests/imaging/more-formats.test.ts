import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bmp24, bmp32, bmp565, greyBmp, icon, iconBitmap, rle8Bmp } from '../../bench/fuzz/bitmaps.js';
import { hammingDistance } from '../../src/domain/hash.js';
import { type ImageHashes, type Imaging, startImaging } from '../../src/imaging/client.js';
import { animatedPng } from '../support/bombs.js';
import { formatFixture } from '../support/format-fixtures.js';
import { gridHeic } from '../support/grid-heic.js';
import { box } from '../support/heif.js';
import { scene } from '../support/photographs.js';

const size = { width: 250, height: 190 };
const first = formatFixture('first.jpg');
const frames = [1, 2, 3].map((k) => formatFixture(`frame-${k}.jpg`));
/** Bits that another compression, or grey instead of colour, may move. Copies match up to 31. */
const tolerance = 24;

const made: Readonly<Record<string, (image: Sharp) => Promise<Buffer>>> = {
  'a bitmap of 24 bits': (image) => bmp24(image),
  'a bitmap from top to bottom': (image) => bmp24(image, true),
  'a bitmap of 16 bits with masks': bmp565,
  'a bitmap of 32 bits': bmp32,
  'a bitmap of 256 greys': (image) => greyBmp(image, 8),
  'a bitmap of 16 greys': (image) => greyBmp(image, 4),
  'a bitmap of runs': rle8Bmp,
  'an icon of a PNG': async (image) => icon({ side: 250, bytes: await image.png().toBuffer() }),
  'an icon of a bitmap': async (image) => icon({ side: 250, bytes: await iconBitmap(image) }),
};
const optional = {
  apng: animatedPng(await scene(1, 250, 190).png().toBuffer(), await scene(2, 250, 190).png().toBuffer()),
  avis: formatFixture('keyframes.avif'),
  bmp: await bmp24(scene(1, 250, 190)),
  heic: formatFixture('still.heic'),
  ico: icon({ side: 250, bytes: await iconBitmap(scene(1, 250, 190)) }),
  jxl: formatFixture('still.jxl'),
} as const;

let imaging: Imaging;
beforeAll(() => {
  imaging = startImaging({ children: 1, deadlineMs: 60_000 });
});
afterAll(() => imaging.close());

async function hashed(bytes: Uint8Array): Promise<ImageHashes> {
  const result = await imaging.hash(bytes);
  if ('unscannable' in result) throw new Error(`answers ${result.unscannable}`);
  return result;
}

const uprightOf = (image: ImageHashes, variant = 'full'): string =>
  image.pdq.find((one) => one.variant === variant)?.hashes[0] ?? '';

async function expectShown(bytes: Uint8Array, picture: Uint8Array, variant = 'full'): Promise<ImageHashes> {
  const image = await hashed(bytes);
  expect(hammingDistance(uprightOf(image, variant), uprightOf(await hashed(picture)))).toBeLessThanOrEqual(tolerance);
  return image;
}

describe('a picture is found again', () => {
  it.each(Object.entries(made))('in %s', async (name, save) => {
    const picture = scene(1, 250, 190);
    const image = await expectShown(await save(picture.clone()), await picture.clone().png().toBuffer());
    expect(image).toMatchObject({ ...size, format: name.includes('icon') ? 'ico' : 'bmp', truncated: false });
  });

  it.each(['still.heic', 'ten-bits.heic', 'two.heic', 'turned-by-exif.heic', 'still.jxl'])('in %s', async (name) => {
    const image = await expectShown(formatFixture(name), first);
    expect(image).toMatchObject({ width: 320, height: 240, format: name.slice(-4).replace('.', ''), truncated: false });
  });
});

it('a HEIC made of tiles is shown whole and turned once, as phones write it', async () => {
  const tile = { width: 320, height: 240 };
  const both = [0, 1].map((k) => ({ input: first, left: k * tile.width, top: 0 }));
  const create = { width: tile.width * 2, height: tile.height, channels: 3, background: '#000' } as const;
  const whole = await sharp({ create }).composite(both).png().toBuffer();
  const turned = await sharp(whole).rotate(-90).png().toBuffer();
  const image = await expectShown(gridHeic(formatFixture('still.heic'), tile, 1), turned);
  expect(image).toMatchObject({ width: 240, height: 640, frames: { looked: 1, of: 1 } });
});

describe('every picture of a file is looked at', () => {
  it('in a HEIC of two', async () => {
    const image = await expectShown(formatFixture('two.heic'), frames[1] ?? first, 'frame_2');
    expect(image.frames).toEqual({ looked: 2, of: 2 });
  });

  it('in an icon of two, the larger first', async () => {
    const small = await iconBitmap(scene(2, 64, 64));
    const file = icon({ side: 64, bytes: small }, { side: 250, bytes: await scene(1, 250, 190).png().toBuffer() });
    const image = await hashed(file);
    expect(image).toMatchObject({ ...size, frames: { looked: 2, of: 2 } });
  });

  it('in an animated JPEG XL', async () => {
    const image = await expectShown(formatFixture('animated.jxl'), frames[2] ?? first, 'frame_3');
    expect(image.frames).toEqual({ looked: 3, of: 3 });
  });

  it('in an AVIF sequence of key frames, and the still beside it', async () => {
    const image = await expectShown(formatFixture('keyframes.avif'), frames[1] ?? first, 'frame_2');
    expect(image.frames).toEqual({ looked: 4, of: 4 });
  });

  it('in an AVIF sequence only where a frame decodes alone, and the answer says so', async () => {
    const image = await expectShown(formatFixture('one-keyframe.avif'), frames[0] ?? first);
    expect(image.frames).toEqual({ looked: 2, of: 4 });
  });

  it('in an animated PNG, and the still that only old viewers show', async () => {
    const shown = await scene(2, 250, 190).png().toBuffer();
    const hidden = await scene(1, 250, 190).png().toBuffer();
    const image = await expectShown(optional.apng, shown);
    await expectShown(optional.apng, hidden, 'frame_2');
    expect(image).toMatchObject({ format: 'png', frames: { looked: 2, of: 2 } });
  });
});

describe.each(Object.entries(optional))('%s', (format, bytes) => {
  it('without its second half answers truncated, or the hashes of what is left', async () => {
    const result = await imaging.hash(bytes.subarray(0, bytes.length / 2));
    expect(
      'unscannable' in result ? result.unscannable : result.truncated || result.frames.looked < result.frames.of,
    ).toBeTruthy();
  });

  it('cut anywhere ends in an answer', async () => {
    for (const length of [2, 12, 20, 30, 60, 200, bytes.length - 40]) {
      const result = await imaging.hash(bytes.subarray(0, length));
      if ('unscannable' in result) expect(result.unscannable).toMatch(/^(truncated|unsupported_format|not_an_image|flat)$/);
    }
  });

  it('answers unsupported_format where an operator has switched it off', async () => {
    const without = startImaging({ children: 1, formatsOff: [format as keyof typeof optional] });
    expect(await without.hash(bytes)).toEqual({ unscannable: 'unsupported_format' });
    expect(await without.hash(await sharp(first).png().toBuffer())).toMatchObject({ format: 'png' });
    await without.close();
  });
});

describe('a file that claims 60 000 x 60 000', () => {
  const large = 60_000;
  const patched = (bytes: Buffer, patch: (copy: Buffer) => void): Buffer => {
    const copy = Buffer.from(bytes);
    patch(copy);
    return copy;
  };
  const claims: Readonly<Record<string, Buffer>> = {
    bmp: patched(optional.bmp, (copy) => copy.writeInt32LE(large, 18) && copy.writeInt32LE(large, 22)),
    ico: patched(optional.ico, (copy) => copy.writeInt32LE(large, 26) && copy.writeInt32LE(large * 2, 30)),
    heic: patched(optional.heic, (copy) => {
      for (let at = copy.indexOf('ispe'); at >= 0; at = copy.indexOf('ispe', at + 4)) {
        copy.writeUInt32BE(large, at + 8);
        copy.writeUInt32BE(large, at + 12);
      }
    }),
    // The size header: not small, 18 bits less one for the height, no ratio, and the same for the width.
    jxl: Buffer.concat([Buffer.of(0xff, 0x0a), jxlSize(large), Buffer.alloc(300)]),
  };

  it.each(Object.entries(claims))('as %s is refused before it is decoded', async (_, bytes) => {
    const result = await imaging.hash(bytes);
    expect(result).toHaveProperty('unscannable');
    expect('unscannable' in result && result.unscannable).toMatch(/^(too_many_pixels|truncated)$/);
  });
});

/** Bits from the low end (ISO/IEC 18181-1, SizeHeader). */
function jxlSize(side: number): Buffer {
  const field = (2n << 0n) | (BigInt(side - 1) << 2n);
  const bits = (field << 1n) | (0n << 21n) | (field << 24n);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(bits | (1n << 44n));
  return bytes;
}

it('a HEIC with an item of another coding is not decoded', async () => {
  const bytes = Buffer.concat([formatFixture('still.heic')]);
  bytes.write('jpeg', bytes.indexOf('hvc1', bytes.indexOf('infe')), 'latin1');
  expect(await imaging.hash(bytes)).toEqual({ unscannable: 'unsupported_format' });
  expect(await imaging.hash(Buffer.concat([box('ftyp', Buffer.from('heic\0\0\0\0mif1heic'))]))).toEqual({
    unscannable: 'truncated',
  });
});
