import { readFile } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hammingDistance, orientations } from '../../src/domain/hash.js';
import { type ImageHashes, type Imaging, startImaging } from '../../src/imaging/client.js';
import { degenerate, describeWithReference, referenceFile, referenceFiles, referenceVectors } from '../support/reference.js';

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

/** Distance of two images as they are shown. */
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
    'turned or mirrored, as in %s, is found by one of the eight hashes',
    async (file) => {
      const turned = await hashFile(file);
      const distances = full(await hashFile(original)).hashes.map((hash) => hammingDistance(hash, upright(turned)));
      expect(Math.min(...distances)).toBeLessThanOrEqual(matches);
      expect(distances.filter((bits) => bits <= matches)).toHaveLength(1);
    },
  );
});

describeWithReference('the imaging process and the C++ reference', () => {
  const vectors = referenceVectors();
  const lossless = vectors.filter(({ file }) => file.startsWith('pdq/lossless/') && !degenerate.test(file));
  const decoded = vectors.filter(({ file, quality }) => /images/.test(file) && !/exif-rotn|small/.test(file) && quality >= 50);

  it.each(lossless)('agree bit for bit on $file', async ({ file, hashes, quality }) => {
    expect(full(await hashFile(file))).toMatchObject({ hashes, quality });
  });

  // 12 is what a filtered stretch costs at most (measurements.md); the 1-bit image has two pixel values, and no nearest one is right.
  it.each(decoded)('agree within 12 bits on $file', async ({ file, hashes }) => {
    expect(hammingDistance(upright(await hashFile(file)), hashes[0] ?? '')).toBeLessThanOrEqual(
      /modes\/1\.png/.test(file) ? 16 : 12,
    );
  });
});

describeWithReference('an image as a viewer shows it', () => {
  const photograph = (): Sharp => sharp(referenceFile(original)).resize(480, 300, { fit: 'fill' });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is hashed as turned by EXIF orientation %i', async (orientation) => {
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
    ['16 bit', () => photograph().toColourspace('rgb16').png()],
    ['16-bit grey', () => photograph().toColourspace('grey16').png()],
    ['grey', () => photograph().greyscale().png()],
    ['a palette', () => photograph().png({ palette: true })],
    ['CMYK', () => photograph().toColourspace('cmyk').jpeg()],
    ['AVIF', () => photograph().avif({ effort: 0 })],
    ['TIFF', () => photograph().tiff()],
    ['GIF', () => photograph().gif()],
  ])('in %s is near to itself in RGB', async (_, encode) => {
    const [plain, other] = [await photograph().png().toBuffer(), await encode().toBuffer()];
    expect(distance(await hashBytes(plain), await hashBytes(other))).toBeLessThanOrEqual(10);
  });

  it('has as many hashes as there are orientations', async () => {
    expect(full(await hashFile(original)).hashes).toHaveLength(orientations.length);
  });
});
