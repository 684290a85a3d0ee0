/** The files to mutate. They are small, so that a mutation is likely to hit structure and not pixels. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { packageRoot } from '../../src/package-root.js';
import { type Random, randomFrom } from '../random.js';
import { bigEndian } from './big-endian.js';
import { bmp24, bmp565, icon, iconBitmap, rle8Bmp } from './bitmaps.js';
import { losslessFlavours, lossyFlavours } from './flavours.js';
import { ycckJpeg } from './ycck.js';

/** Formats with a decoder of their own beside sharp's, or with a reader of their own in front of it. */
export const otherFormatNames = ['heic', 'jxl', 'bmp', 'ico', 'apng', 'avif-sequence'] as const;
export type OtherFormat = (typeof otherFormatNames)[number];

export interface Original {
  readonly name: string;
  readonly bytes: Buffer;
  /** Absent: sharp decodes it. */
  readonly format?: OtherFormat;
}

const maxBytes = 256 * 1_024;
const fixtures = join(packageRoot(), 'tests', 'fixtures', 'formats');
const size = { width: 96, height: 72 };

/** The order is stable, so that an index always means the same file. */
export async function corpus(folder?: string): Promise<Original[]> {
  const own = await Promise.all([
    ...Object.entries({ ...losslessFlavours, ...lossyFlavours }).map(async ([name, save]) => ({
      name,
      bytes: await save(await picture(1)).toBuffer(),
    })),
    withMetadata(),
    animation('animated gif', (image) => image.gif()),
    animation('animated webp', (image) => image.webp()),
    animation('tiff of three pages', (image) => image.tiff({ compression: 'lzw' })),
    ...[2, 4, 16].map(async (colours) => ({
      name: `png of ${Math.log2(colours)} bit`,
      bytes: await (await picture(1)).png({ palette: true, colours }).toBuffer(),
    })),
    ycck(),
    bigEndianTiff(),
    ...(await otherFormats()),
  ]);
  return [...own, ...(folder ? await filesOf(folder) : [])];
}

async function picture(seed: number): Promise<Sharp> {
  const random: Random = randomFrom(seed);
  const raw = { width: 8, height: 6, channels: 3 } as const;
  const shapes = sharp(Buffer.from(Array.from({ length: 8 * 6 * 3 }, () => random() * 256)), { raw });
  const pixels = await shapes.resize(size.width, size.height, { kernel: 'cubic', fit: 'fill' }).raw().toBuffer();
  for (let at = 0; at < pixels.length; at += 7) pixels[at] = random() * 256;
  return sharp(pixels, { raw: { ...size, channels: 3 } });
}

async function withMetadata(): Promise<Original> {
  const image = (await picture(2))
    .withMetadata({ orientation: 6 })
    .withIccProfile('p3')
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>');
  return { name: 'jpeg with metadata', bytes: await image.jpeg().toBuffer() };
}

async function ycck(): Promise<Original> {
  const { data } = await (await picture(1)).ensureAlpha(0.5).raw().toBuffer({ resolveWithObject: true });
  return { name: 'ycck jpeg', bytes: await ycckJpeg(data, size.width, size.height) };
}

async function bigEndianTiff(): Promise<Original> {
  const little = await (await picture(1)).tiff({ compression: 'deflate', predictor: 'none' }).toBuffer();
  return { name: 'big-endian tiff', bytes: bigEndian(little) };
}

/** Formats that sharp cannot write. */
async function otherFormats(): Promise<Original[]> {
  const bytesOf = async (seed: number): Promise<Buffer> => (await picture(seed)).png().toBuffer();
  const [image, still] = [await bytesOf(1), await bytesOf(2)];
  const names = (await readdir(fixtures)).filter((name) => /\.(heic|jxl|avif|png)$/.test(name)).sort();
  return [
    { name: 'bitmap', format: 'bmp', bytes: await bmp24(sharp(image)) },
    { name: 'bitmap of 16 bits', format: 'bmp', bytes: await bmp565(sharp(image)) },
    { name: 'bitmap of runs', format: 'bmp', bytes: await rle8Bmp(sharp(image)) },
    { name: 'icon', format: 'ico', bytes: icon({ side: 96, bytes: image }, { side: 72, bytes: await iconBitmap(sharp(still)) }) },
    ...(await Promise.all(
      names.map(async (name) => ({ name, format: formatOf(name), bytes: await readFile(join(fixtures, name)) })),
    )),
  ];
}

function formatOf(fixture: string): OtherFormat {
  if (fixture.endsWith('.heic')) return 'heic';
  if (fixture.endsWith('.jxl')) return 'jxl';
  return fixture.endsWith('.png') ? 'apng' : 'avif-sequence';
}

async function animation(name: string, save: (image: Sharp) => Sharp): Promise<Original> {
  const frames = await Promise.all([1, 2, 3].map(async (seed) => (await picture(seed)).png().toBuffer()));
  return { name, bytes: await save(sharp(frames, { join: { animated: true } })).toBuffer() };
}

async function filesOf(folder: string): Promise<Original[]> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const { size: length } = await stat(path);
      const wanted = /\.(jpe?g|png|webp|gif|avif|tiff?|bmp|ico|heic|jxl)$/i.test(name) && length <= maxBytes;
      return wanted ? [{ name, bytes: await readFile(path) }] : [];
    }),
  );
  return files.flat();
}
