import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { startImaging } from '../../src/imaging/client.js';
import { scene } from '../support/photographs.js';

const imaging = startImaging({ children: 1, maxFrames: 3, variants: 'none' });
afterAll(() => imaging.close());

const photograph = scene(3, 500, 400);
const files = {
  jpeg: await photograph.clone().jpeg().toBuffer(),
  'progressive jpeg': await photograph.clone().jpeg({ progressive: true }).toBuffer(),
  png: await photograph.clone().png().toBuffer(),
  'interlaced png': await photograph.clone().png({ progressive: true }).toBuffer(),
  webp: await photograph.clone().webp().toBuffer(),
  gif: await photograph.clone().gif().toBuffer(),
  avif: await photograph.clone().avif({ effort: 0 }).toBuffer(),
  tiff: await photograph.clone().tiff().toBuffer(),
};

function pngClaiming(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, sum]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', Buffer.alloc(64)), chunk('IEND', Buffer.alloc(0))]);
}

const flat = (width: number, height: number): Promise<Buffer> =>
  sharp({ create: { width, height, channels: 3, background: '#407080' } })
    .png()
    .toBuffer();

describe.each(Object.entries(files))('a %s', (_, bytes) => {
  it('is hashed when it is whole', async () => {
    expect(await imaging.hash(bytes)).toMatchObject({ width: 500, height: 400, pdq: [{ variant: 'full' }] });
  });

  it.each([0.05, 0.3, 0.6, 0.95])('cut at %f of its bytes is truncated, with or without hashes', async (part) => {
    const cut = await imaging.hash(bytes.subarray(0, Math.floor(bytes.length * part)));
    expect('truncated' in cut ? cut.truncated : cut.unscannable).toBe('truncated' in cut ? true : 'truncated');
  });

  it('with trailing bytes is hashed the same', async () => {
    expect(await imaging.hash(Buffer.concat([bytes, Buffer.alloc(300, 7)]))).toEqual(await imaging.hash(bytes));
  });
});

describe('hash', () => {
  it('answers not_an_image for other bytes', async () => {
    for (const bytes of [Buffer.of(), Buffer.of(0xff), Buffer.from('hello'), Buffer.alloc(10_000)]) {
      expect(await imaging.hash(bytes)).toEqual({ unscannable: 'not_an_image' });
    }
  });

  it('answers unsupported_format for SVG, PDF, an empty BMP header and a film', async () => {
    const heads = [
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
      '%PDF-1.7\n',
      'BM6\0\0\0'.padEnd(60, '\0'),
      '\0\0\0\x10ftypisom\0\0\0\0',
    ];
    for (const head of heads) {
      expect(await imaging.hash(Buffer.from(head, 'latin1'))).toEqual({ unscannable: 'unsupported_format' });
    }
  });

  it('answers truncated for a signature followed by noise', async () => {
    for (const bytes of Object.values(files)) {
      const noise = Buffer.from(bytes).fill(0x5a, 16);
      expect(await imaging.hash(noise)).toEqual({ unscannable: 'truncated' });
    }
  });

  it('answers too_many_pixels for a PNG that claims 30 000 x 30 000', async () => {
    expect(await imaging.hash(pngClaiming(30_000, 30_000))).toEqual({ unscannable: 'too_many_pixels' });
  });

  it.each([
    [5, 5],
    [16, 12],
    [15, 400],
    [200, 4],
  ])('answers too_small for %i x %i', async (width, height) => {
    expect(await imaging.hash(await scene(3, width, height).png().toBuffer())).toEqual({ unscannable: 'too_small' });
  });

  it('hashes a picture of 16 x 16', async () => {
    expect(await imaging.hash(await scene(3, 16, 16).png().toBuffer())).toMatchObject({ width: 16, pdq: [{ variant: 'full' }] });
  });

  it('answers flat for one colour, with hashes, quality, size and format', async () => {
    const result = await imaging.hash(await flat(640, 300));
    expect(result).toMatchObject({ unscannable: 'flat', pdq: [{ quality: 0 }], width: 640, height: 300, format: 'png' });
  });

  it('hashes the frames of an animation, first and last before the others, and answers too_many_frames over the limit', async () => {
    const frames = [1, 2, 3, 4].map((seed) => scene(seed, 60, 50).png().toBuffer());
    const animation = async (count: number): Promise<Buffer> =>
      sharp(await Promise.all(frames.slice(0, count)), { join: { animated: true } })
        .webp({ lossless: true })
        .toBuffer();
    const single = await Promise.all((await Promise.all(frames.slice(0, 3))).map((frame) => imaging.hash(frame)));
    const variants = [
      ['full', 0],
      ['frame_3', 2],
      ['frame_2', 1],
    ] as const;
    const pdq = variants.map(([variant, at]) => {
      const { pdq: [only] = [] } = { pdq: [], ...single[at] };
      return { ...only, variant };
    });
    const looked = { frames: { looked: 3, of: 3 }, truncated: false };
    expect(await imaging.hash(await animation(3))).toMatchObject({ pdq, width: 60, height: 50, ...looked });
    expect(await imaging.hash(await animation(4))).toEqual({ unscannable: 'too_many_frames' });
  });

  it('hashes a JPEG that lacks only its end marker', async () => {
    expect(files.jpeg.subarray(-2)).toEqual(Buffer.of(0xff, 0xd9));
    expect(await imaging.hash(files.jpeg.subarray(0, -2))).toEqual(await imaging.hash(files.jpeg));
  });

  it('hashes a JPEG with damaged bytes, as viewers show it', async () => {
    const damaged = Buffer.from(files.jpeg);
    damaged.fill(0x55, Math.floor(damaged.length * 0.6), Math.floor(damaged.length * 0.6) + 8);
    expect(await imaging.hash(damaged)).toHaveProperty('pdq');
  });
});
