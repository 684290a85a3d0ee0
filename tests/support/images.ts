import sharp, { type Sharp } from 'sharp';
import { randomFrom } from '../../bench/random.js';

export { flipBits, randomFrom, randomHash } from '../../bench/random.js';

export interface Size {
  readonly width: number;
  readonly height: number;
}

const made = new Map<string, Promise<Buffer>>();

/** Soft coloured shapes of three sizes; the same seed gives the same picture. */
export async function scene(seed: number, { width, height }: Size = { width: 640, height: 480 }): Promise<Sharp> {
  const name = `${seed} ${width}x${height}`;
  const pixels = made.get(name) ?? draw(seed, { width, height });
  made.set(name, pixels);
  return sharp(await pixels);
}

async function draw(seed: number, { width, height }: Size): Promise<Buffer> {
  const random = randomFrom(seed);
  const layer = async (columns: number, rows: number) => {
    const raw = { width: columns, height: rows, channels: 3 } as const;
    const pixels = Buffer.from(Array.from({ length: columns * rows * 3 }, () => random() * 256));
    return sharp(pixels, { raw }).resize(width, height, { kernel: 'cubic', fit: 'fill' }).png().toBuffer();
  };
  const [coarse, middle, fine] = await Promise.all([layer(5, 4), layer(13, 11), layer(41, 37)]);
  return sharp(coarse)
    .composite([
      { input: middle, blend: 'overlay' },
      { input: fine, blend: 'soft-light' },
    ])
    .removeAlpha()
    .png({ compressionLevel: 1 })
    .toBuffer();
}

export async function photograph(seed: number, size?: Size): Promise<Buffer> {
  return (await scene(seed, size)).jpeg({ quality: 90 }).toBuffer();
}
