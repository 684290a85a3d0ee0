import { join } from 'node:path';
import sharp from 'sharp';
import { packageRoot } from '../../src/package-root.js';
import { testImagePath } from '../../src/service/accounts/bootstrap.js';
import { type Random, randomFrom } from '../random.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

export const imageSizes: readonly Size[] = [
  { width: 640, height: 480 },
  { width: 1920, height: 1440 },
];

const filesPerSize = 4;
/** Sensor noise in levels. It makes the files as large as real photographs (0.2 bytes per pixel). */
const grain = 6;

export function photographs(size: Size, count = filesPerSize): Promise<Buffer[]> {
  return Promise.all(Array.from({ length: count }, (_, at) => photograph(randomFrom(size.width * 100 + at), size)));
}

async function photograph(random: Random, { width, height }: Size): Promise<Buffer> {
  const layer = (columns: number, rows: number) => {
    const raw = { width: columns, height: rows, channels: 3 } as const;
    const pixels = Buffer.from(Array.from({ length: columns * rows * 3 }, () => random() * 256));
    return sharp(pixels, { raw }).resize(width, height, { kernel: 'cubic', fit: 'fill' }).png().toBuffer();
  };
  const [coarse, middle, fine] = await Promise.all([layer(5, 4), layer(13, 11), layer(41, 37)]);
  const pixels = await sharp(coarse)
    .composite([
      { input: middle, blend: 'overlay' },
      { input: fine, blend: 'soft-light' },
    ])
    .removeAlpha()
    .raw()
    .toBuffer();
  const noisy = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < pixels.length; at++) noisy[at] = (pixels[at] ?? 0) + (random() + random() - 1) * 2 * grain;
  return sharp(noisy, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 85 })
    .toBuffer();
}

export function editedTestImage(): Promise<Buffer> {
  return sharp(join(packageRoot(), testImagePath)).resize(640, 480, { fit: 'fill' }).jpeg({ quality: 60 }).toBuffer();
}
