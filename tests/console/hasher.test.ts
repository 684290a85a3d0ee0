import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { samples } from '../../bench/browser/samples.js';
import { type Imaging, startImaging } from '../../src/imaging/client.js';
import { packageRoot } from '../../src/package-root.js';
import { describeWithBrowser } from '../support/describe-with-browser.js';
import { type HashingBrowser, openHashingBrowser } from '../support/hashing-browser.js';
import { scene } from '../support/images.js';

/** Samples whose pixels every decoder agrees about. Lossy formats but JPEG, and conversions of colours, are not among them. */
const lossless =
  /^(PNG (png|interlaced png|16-bit png|palette png|grey png|png with alpha),|PNG (src|tests)|GIF (gif|interlaced gif),|WebP (lossless webp|webp that fades)|BMP|ICO|JPEG jpeg with EXIF)/;

describeWithBrowser('the hasher of the pages', () => {
  let imaging: Imaging;
  let browser: HashingBrowser;
  beforeAll(async () => {
    imaging = startImaging({ children: 1, deadlineMs: 60_000 });
    browser = await openHashingBrowser();
  });
  afterAll(async () => {
    await Promise.all([imaging.close(), browser.close()]);
  });

  async function expectSameBits(bytes: Buffer, name: string): Promise<void> {
    const ours = await imaging.hash(bytes, undefined, 'enrol');
    const [theirs] = await browser.hash([bytes]);
    if (!('pdq' in ours) || 'unscannable' in ours) {
      expect(theirs, name).toEqual({ refused: 'flat' });
      return;
    }
    const wanted = ours.pdq.map(({ variant, quality, hashes: [value] }) => ({
      value,
      quality,
      orientation: 'identity',
      variant,
    }));
    expect(theirs, name).toMatchObject({ hashes: { pdq: wanted, blockhash: ours.blockhash[0] } });
  }

  it('gives the same bits as the server for every lossless file', async () => {
    const compared = (await samples(1)).filter(({ format, name }) => lossless.test(`${format} ${name}`));
    expect(compared.length).toBeGreaterThan(25);
    for (const { format, name, bytes } of compared) await expectSameBits(bytes, `${format} ${name}`);
  });

  it('gives the same bits for large lossless pictures, which both shrink', async () => {
    const portrait = await scene(3, { width: 1_080, height: 2_340 });
    await expectSameBits(await portrait.clone().png({ compressionLevel: 1 }).toBuffer(), 'a screenshot');
    await expectSameBits(await portrait.clone().greyscale().toColourspace('b-w').png().toBuffer(), 'a grey screenshot');
  });

  it('names why a file has no hash', async () => {
    const fixture = (name: string) => readFile(join(packageRoot(), 'tests', 'fixtures', ...name.split('/')));
    const png = await (await scene(1)).png().toBuffer();
    const huge = Buffer.from(png);
    huge.writeUInt32BE(20_000, 16);
    huge.writeUInt32BE(20_000, 20);
    const files = {
      heic: await fixture('formats/still.heic'),
      video: Buffer.from('\0\0\0\x18ftypisom\0\0\0\0isommp42', 'latin1'),
      too_large: huge,
      empty: Buffer.alloc(0),
      too_small: await sharp(png).resize(15, 40, { fit: 'fill' }).png().toBuffer(),
      flat: await fixture('pdq/flat-white.png'),
      not_an_image: Buffer.from('Dear diary, today I wrote a test.'),
      unreadable: png.subarray(0, 60),
    };
    expect(await browser.hash(Object.values(files))).toEqual(Object.keys(files).map((refused) => ({ refused })));
  });

  it('ends a worker that fails or says nothing, and goes on with another', async () => {
    const png = [...(await (await scene(2)).png().toBuffer())];
    const answers = await browser.page.evaluate(async (bytes) => {
      // From hasher-page/main.ts.
      const { hasher } = globalThis as unknown as { hasher(kind: string): { hash(file: Blob): Promise<object> } };
      const file = new Blob([new Uint8Array(bytes)]);
      const all: object[] = [];
      for (const kind of ['silent', 'failing']) all.push(await hasher(kind).hash(file), await hasher(kind).hash(file));
      return all;
    }, png);
    const good = { hashes: expect.anything() };
    expect(answers).toMatchObject([{ refused: 'too_slow' }, good, { refused: 'unreadable' }, good]);
  });
});
