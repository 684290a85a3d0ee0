/**
 * Composed scenes: stamps of the tuxpaint package on a random background, so that two scenes are as unrelated as two photographs.
 * A number gives the same scene on every machine.
 */
import sharp, { type OverlayOptions } from 'sharp';
import { type Random, randomFrom } from '../random.js';
import type { Picture } from './picture.js';

const sizes = [
  [960, 720],
  [960, 640],
  [720, 960],
  [800, 800],
  [960, 540],
] as const;

export async function scene(number: number, stamps: readonly string[]): Promise<Picture> {
  const random = randomFrom(0x5ce4e + number);
  const [width, height] = sizes[Math.floor(random() * sizes.length)] ?? sizes[0];
  const background = await randomBackground(width, height, random);
  const count = 3 + Math.floor(random() * 5);
  const things: OverlayOptions[] = [];
  for (let thing = 0; thing < count; thing++) {
    const path = stamps[Math.floor(random() * stamps.length)];
    if (path) things.push(await placed(path, width, height, random));
  }
  const data = await sharp(background, { raw: { width, height, channels: 3 } })
    .composite(things)
    .removeAlpha()
    .raw()
    .toBuffer();
  return { name: `scene ${number}`, data, width, height };
}

/** A stamp of 20 to 55 % of the shorter side. */
async function placed(path: string, width: number, height: number, random: Random): Promise<OverlayOptions> {
  const size = Math.round(Math.min(width, height) * (0.2 + 0.35 * random()));
  const image = sharp(path)
    .flop(random() < 0.5)
    .rotate(Math.round((random() - 0.5) * 60), { background: '#0000' });
  const turned = await image.png({ compressionLevel: 0 }).toBuffer();
  const input = await sharp(turned).resize(size, size, { fit: 'inside' }).png({ compressionLevel: 0 }).toBuffer();
  return { input, left: Math.round(random() * (width - size)), top: Math.round(random() * (height - size)) };
}

/** Two colours mixed by smooth noise of three to five octaves. */
async function randomBackground(width: number, height: number, random: Random): Promise<Buffer> {
  const [dark, light] = [colour(random, 0, 150), colour(random, 90, 165)];
  const octaves = Array.from({ length: 3 + Math.floor(random() * 3) }, (_, octave) => ({
    cells: 2 ** (octave + 1) + Math.floor(random() * 3),
    weight: random() / (octave + 1),
  }));
  const fields = await Promise.all(octaves.map(({ cells }) => noise(cells, width, height, random)));
  const total = octaves.reduce((sum, { weight }) => sum + weight, 0);
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    let mixed = 0;
    for (let octave = 0; octave < fields.length; octave++) mixed += (fields[octave]?.[at] ?? 0) * (octaves[octave]?.weight ?? 0);
    const share = Math.min(1, Math.max(0, (mixed / total / 255 - 0.5) * 2 + 0.5));
    for (let channel = 0; channel < 3; channel++) {
      data[at * 3 + channel] = Math.round((dark[channel] ?? 0) * (1 - share) + (light[channel] ?? 0) * share);
    }
  }
  return data;
}

function colour(random: Random, min: number, range: number): number[] {
  return [0, 1, 2].map(() => min + random() * range);
}

async function noise(cells: number, width: number, height: number, random: Random): Promise<Buffer> {
  const grid = Buffer.from(Array.from({ length: cells * cells }, () => Math.floor(random() * 256)));
  return sharp(grid, { raw: { width: cells, height: cells, channels: 1 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .toColourspace('b-w')
    .raw()
    .toBuffer();
}
