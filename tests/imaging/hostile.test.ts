/** Production limits, except for a longer deadline on busy machines. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decoders, type Imaging, type ImagingResult, startImaging } from '../../src/imaging/client.js';
import {
  claiming,
  endlessExif,
  endlessTiff,
  largeProfile,
  liars,
  longGif,
  profileBomb,
  scanBomb,
  textBomb,
  withJpegSegments,
} from '../support/bombs.js';
import { everyFlavour } from '../support/formats.js';

const flavours = await everyFlavour(1, 320, 240);
const fileOf = (name: string): Buffer => flavours.find((flavour) => flavour.name === name)?.bytes ?? Buffer.alloc(0);
const [jpeg, png, gif, tiff] = [fileOf('jpeg'), fileOf('png'), fileOf('gif'), fileOf('deflated tiff')];
const MiB = 2 ** 20;

describe.each(decoders)('with the %s decoder', (decoder) => {
  let imaging: Imaging;
  beforeAll(async () => {
    imaging = startImaging({ children: 1, decoder, deadlineMs: 50_000 });
    await imaging.ready;
  });
  afterAll(() => imaging.close());

  const hash = (bytes: Uint8Array): Promise<ImagingResult> => imaging.hash(bytes);
  const survives = async (work: () => Promise<void>): Promise<boolean> => {
    const { restarts } = imaging.stats();
    await work();
    return imaging.stats().restarts === restarts;
  };
  const reason = async (bytes: Uint8Array): Promise<string> => {
    const result = await hash(bytes);
    return 'unscannable' in result ? result.unscannable : 'hashed';
  };

  describe('a polyglot', () => {
    it.each([
      ['a JPEG that is also a ZIP', jpeg, Buffer.concat([jpeg, Buffer.from('PK\x05\x06'), Buffer.alloc(18)])],
      ['a JPEG with a PDF in a comment', jpeg, withJpegSegments(jpeg, 0xfe, [Buffer.from('%PDF-1.7\n1 0 obj <<>>')])],
      ['a PNG followed by a script', png, Buffer.concat([png, Buffer.from('<script>alert(1)</script>')])],
      ['a GIF followed by a script', gif, Buffer.concat([gif, Buffer.from('*/=1;alert(1);//')])],
      ['a PNG followed by a JPEG', png, Buffer.concat([png, jpeg])],
    ])('%s is hashed as its picture', async (_, whole, polyglot) => {
      expect(await hash(polyglot)).toEqual(await hash(whole));
    });

    it.each([
      ['a PDF followed by a JPEG', Buffer.concat([Buffer.from('%PDF-1.7\n'), jpeg]), 'unsupported_format'],
      ['a GIF whose width is the start of a script comment', Buffer.concat([Buffer.from('GIF89a/*'), gif.subarray(8)]), 'hashed'],
      [
        'an SVG followed by a PNG',
        Buffer.concat([Buffer.from('<svg xmlns="http://www.w3.org/2000/svg">'), png]),
        'unsupported_format',
      ],
      ['a ZIP followed by a JPEG', Buffer.concat([Buffer.from('PK\x03\x04'), jpeg]), 'not_an_image'],
    ])('%s answers by its first bytes', async (_, bytes, expected) => {
      expect(await reason(bytes)).toBe(expected);
    });
  });

  describe('a metadata bomb', () => {
    it.each([
      ['a colour profile that inflates to 200 MB', () => profileBomb(png, 200 * MiB)],
      ['a text that inflates to 200 MB', () => textBomb(png, 'zTXt', 1, 200 * MiB)],
      ['50 texts that inflate to 7 MB each', () => textBomb(png, 'zTXt', 50, 7 * MiB)],
      ['XMP that inflates to 200 MB', () => textBomb(png, 'iTXt', 1, 200 * MiB)],
      ['a profile of 16 MB in 255 segments', () => largeProfile(jpeg)],
      ['an EXIF directory that contains itself', () => endlessExif(jpeg)],
    ])('%s costs no process, and its picture is hashed or refused', async (_, bomb) => {
      const survived = await survives(async () => expect(['hashed', 'truncated']).toContain(await reason(bomb())));
      expect(survived).toBe(true);
    });
  });

  describe('a frame bomb', () => {
    it('of an hour in GIF answers too_many_frames', async () => {
      expect(await reason(longGif(36_000))).toBe('too_many_frames');
    });

    it('of a TIFF directory that links to itself is hashed or refused', async () => {
      expect(['hashed', 'truncated', 'too_many_frames']).toContain(await reason(await endlessTiff(tiff)));
    });
  });

  describe('a false size', () => {
    const sizes = [
      [0, 0],
      [1, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x7fffffff, 1],
      [0xffff, 0xffff],
      [0x3fff, 0x3fff],
    ] as const;

    it.each(liars)('costs no process in a %s', async (name) => {
      const answers: string[] = [];
      const survived = await survives(async () => {
        for (const [width, height] of sizes) answers.push(await reason(claiming(name, fileOf(name), width, height)));
      });
      expect(answers).not.toContain('hashed');
      expect(survived).toBe(true);
    });

    it.each(['jpeg', 'png', 'gif', 'webp'])('is refused in a %s with too many pixels', async (name) => {
      expect(await reason(claiming(name, fileOf(name), 0xffff, 0xffff))).toBe('too_many_pixels');
    });
  });

  it('a JPEG of 2 000 scans is answered within the deadline', async () => {
    const hurried = startImaging({ children: 1, decoder, deadlineMs: 2_000 });
    await hurried.ready;
    const began = performance.now();
    const result = await hurried.hash(await scanBomb(2_000, 2_000, 2_000));
    expect(['flat', 'truncated', 'timeout']).toContain('unscannable' in result && result.unscannable);
    expect(performance.now() - began).toBeLessThan(10_000);
    await hurried.close();
  });
});
