import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ycckJpeg } from '../../bench/fuzz/ycck.js';
import { hammingDistance, orientations } from '../../src/domain/hash.js';
import { type ImageHashes, type Imaging, startImaging } from '../../src/imaging/client.js';
import { describeWithReference, referenceFile, referenceFiles, referenceVectors } from '../support/reference.js';

const original = 'pdq/images/bridge-mods/aaa-orig.jpg';
const matches = 31;

let imaging: Imaging;
beforeAll(() => {
  imaging = startImaging();
});
afterAll(() => imaging.close());

async function hashFile(file: string): Promise<ImageHashes> {
  return hashBytes(await readFile(referenceFile(file)));
}

async function hashBytes(bytes: Buffer): Promise<ImageHashes> {
  const result = await imaging.hash(bytes);
  if ('unscannable' in result) throw new Error(`answers ${result.unscannable}`);
  return result;
}

const full = ({ pdq: [first] }: ImageHashes) => first ?? { quality: 0, hashes: [] };
const upright = (image: ImageHashes): string => full(image).hashes[0] ?? '';

function distance(a: ImageHashes, b: ImageHashes): number {
  return hammingDistance(upright(a), upright(b));
}

describeWithReference('the bridge', () => {
  it.each(referenceFiles('pdq/images/bridge-mods'))('is found in %s', async (file) => {
    expect(distance(await hashFile(original), await hashFile(file))).toBeLessThanOrEqual(matches);
  });

  it.each(referenceFiles('pdq/images/misc-images/modes'))('is found in %s', async (file) => {
    expect(distance(await hashFile('pdq/images/misc-images/modes/original.jpg'), await hashFile(file))).toBeLessThanOrEqual(8);
  });

  it.each([
    'pdq/images/misc-images/c.png',
    'pdq/images/reg-test-input/pen-and-coaster.png',
    ...referenceFiles('pdq/images/reg-test-input/labelme-subset').filter((file) => !/q000[34]/.test(file)),
  ])('is far from %s', async (file) => {
    expect(distance(await hashFile(original), await hashFile(file))).toBeGreaterThan(80);
  });

  it.each(referenceFiles('pdq/images/reg-test-input/dih'))(
    'rotated or mirrored, as in %s, is found by one of the eight hashes',
    async (file) => {
      const turned = await hashFile(file);
      const distances = full(await hashFile(original)).hashes.map((hash) => hammingDistance(hash, upright(turned)));
      expect(Math.min(...distances)).toBeLessThanOrEqual(matches);
      expect(distances.filter((bits) => bits <= matches)).toHaveLength(1);
    },
  );
});

describeWithReference('hashes of photographs by the imaging process', () => {
  const decoded = referenceVectors().filter(
    ({ file, quality }) => /images/.test(file) && !/exif-rotn|small/.test(file) && quality >= 50,
  );

  const isWhole = (size: ImageHashes): boolean => Math.max(size.width, size.height) <= 1024;

  it.each(decoded)('agree bit for bit up to 1024 px, and within 10 bits above, on $file', async ({ file, hashes }) => {
    const image = await hashFile(file);
    expect(hammingDistance(upright(image), hashes[0] ?? '')).toBeLessThanOrEqual(isWhole(image) ? 0 : 10);
  });

  // By the C++ core without its resize, as HMA answers them.
  it.each([
    ['bridge-mods/aaa-orig.jpg', 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22'],
    ['misc-images/c.png', 'e64cc9d91c623882f8d1f1d9a398e78c9f199b3bd83924f2b7e11e0bf861b064'],
    ['misc-images/wee.jpg', '6227401f601ff4ccafcc9fad4b0d95d371a2eb7265a3285234d228ca94deeb2d'],
    ['reg-test-input/labelme-subset/q0122.jpg', 'cfb2009ddd21c6dab0046a7745b5984757a8a4535b3377aea2591d32b33ff940'],
    ['reg-test-input/labelme-subset/q0291.jpg', 'a0fe94f1e5cc1cc8dd855948498dc9243f7ca27336f036d7f212b74bc103c9a7'],
    ['reg-test-input/labelme-subset/q0746.jpg', '1049d96239e24d4dca2c55512b8bdb77425f4dbcf575a0a95555aaab5554aaaa'],
    ['reg-test-input/labelme-subset/q1050.jpg', '489db672e9190276d452aeab41eba20f02375fe4092d88defdf491a5c55c5f70'],
    ['reg-test-input/labelme-subset/q2821.jpg', 'b150231ffae4710ffcf4f18bb574b109a576f14bb8543189f8743289f174b109'],
    ['reg-test-input/pen-and-coaster.png', '1f811b9d267fbc6693c0c7f30e041f9df49b836303e10f067fcdfc12c02d01f9'],
  ])('are within 16 bits of an implementation without a resize on %s', async (file, hash) => {
    expect(hammingDistance(upright(await hashFile(`pdq/images/${file}`)), hash)).toBeLessThanOrEqual(16);
  });
});

async function swappedProfile(): Promise<string> {
  const dot = sharp({ create: { width: 1, height: 1, channels: 3, background: '#000' } });
  const { icc = Buffer.of() } = await sharp(await dot.withIccProfile('srgb').png().toBuffer()).metadata();
  const [red, blue] = [icc.indexOf('rXYZ', 132, 'latin1'), icc.indexOf('bXYZ', 132, 'latin1')];
  icc.write('b', red, 'latin1');
  icc.write('r', blue, 'latin1');
  const path = join(await mkdtemp(join(tmpdir(), 'vigie-profile-')), 'swapped.icc');
  await writeFile(path, icc);
  return path;
}

describeWithReference('an image as a viewer shows it', () => {
  const photograph = (): Sharp => sharp(referenceFile(original)).resize(480, 300, { fit: 'fill' });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is hashed in EXIF orientation %i', async (orientation) => {
    const stored = await photograph().png().toBuffer();
    const marked = await sharp(stored).withMetadata({ orientation }).png().toBuffer();
    const shown = await sharp(marked).autoOrient().png().toBuffer();
    expect(await hashBytes(marked)).toEqual(await hashBytes(shown));
  });

  it('is hashed over white where it is transparent', async () => {
    const overlay = await photograph().ensureAlpha(0.5).png().toBuffer();
    const flattened = await sharp(overlay).flatten({ background: '#fff' }).png().toBuffer();
    expect(await hashBytes(overlay)).toEqual(await hashBytes(flattened));
  });

  it.each([
    ['a progressive JPEG', () => photograph().jpeg({ progressive: true })],
    ['a grey JPEG', () => photograph().toColourspace('b-w').jpeg()],
    ['a CMYK JPEG', () => photograph().toColourspace('cmyk').jpeg()],
    ['a CMYK JPEG with its profile', () => photograph().toColourspace('cmyk').withIccProfile('cmyk').jpeg()],
    ['a JPEG in Display P3', () => photograph().withIccProfile('p3').jpeg()],
    ['a PNG of 16 bit', () => photograph().toColourspace('rgb16').png()],
    ['a grey PNG of 16 bit', () => photograph().toColourspace('grey16').png()],
    ['a grey PNG of 8 bit', () => photograph().toColourspace('b-w').png()],
    ['a PNG with a palette', () => photograph().png({ palette: true })],
    ['a PNG with a palette of 4 bit', () => photograph().png({ palette: true, colours: 16 })],
    ['a PNG with opaque alpha', () => photograph().ensureAlpha(1).png()],
    ['WebP', () => photograph().webp()],
    ['GIF', () => photograph().gif()],
    ['AVIF', () => photograph().avif({ effort: 0 })],
    ['TIFF', () => photograph().tiff()],
    ['a TIFF of 16 bit', () => photograph().toColourspace('rgb16').tiff({ compression: 'lzw' })],
    ['a CMYK TIFF', () => photograph().toColourspace('cmyk').tiff({ compression: 'lzw' })],
  ])('in %s is close to its RGB version', async (_, encode) => {
    const [plain, other] = [await photograph().png().toBuffer(), await encode().toBuffer()];
    expect(distance(await hashBytes(plain), await hashBytes(other))).toBeLessThanOrEqual(10);
  });

  it.each([2, 4, 16])('in a PNG with a palette of %i colours has the hash of its pixels', async (colours) => {
    const few = await photograph().png({ palette: true, colours }).toBuffer();
    const plain = await sharp(few).toColourspace('srgb').png({ palette: false }).toBuffer();
    expect((await sharp(few).metadata()).bitsPerSample).toBe(Math.log2(colours));
    expect(distance(await hashBytes(few), await hashBytes(plain))).toBeLessThanOrEqual(2);
  });

  it('in an Adobe YCCK JPEG is close to its RGB version', async () => {
    const inks = await photograph().toColourspace('cmyk').raw().toBuffer();
    const ycck = await ycckJpeg(inks, 480, 300);
    expect(await sharp(ycck).metadata()).toMatchObject({ space: 'cmyk', width: 480 });
    const plain = await photograph().png().toBuffer();
    expect(distance(await hashBytes(plain), await hashBytes(ycck))).toBeLessThanOrEqual(10);
  });

  it('is hashed in the colours of its profile, so swapped colours hide nothing', async () => {
    const red = await photograph().linear([0.2, 0.2, 1.6], [0, 0, 0]).png().toBuffer();
    const marked = await sharp(red)
      .withIccProfile(await swappedProfile())
      .png()
      .toBuffer();
    expect(distance(await hashBytes(red), await hashBytes(marked))).toBeLessThanOrEqual(10);
    const stored = await sharp(marked, { ignoreIcc: true }).raw().toBuffer();
    expect(stored).not.toEqual(await sharp(red).raw().toBuffer());
  });

  it('is hashed as it is if its profile is invalid', async () => {
    const plain = await photograph().jpeg().toBuffer();
    const text = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), Buffer.alloc(300, 0x41)]);
    const segment = Buffer.concat([Buffer.of(0xff, 0xe2, (text.length + 2) >> 8, (text.length + 2) & 255), text]);
    const marked = Buffer.concat([plain.subarray(0, 2), segment, plain.subarray(2)]);
    expect(await hashBytes(marked)).toEqual(await hashBytes(plain));
  });

  it('has one hash per orientation', async () => {
    expect(full(await hashFile(original)).hashes).toHaveLength(orientations.length);
  });
});
