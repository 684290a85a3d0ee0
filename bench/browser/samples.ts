/** The files to show: committed pictures, and every format and trait written from photographs. */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { packageRoot } from '../../src/package-root.js';
import { editedTestImage, photographs } from '../http/photographs.js';
import { traits } from './traits.js';

export interface Sample {
  readonly format: string;
  readonly name: string;
  readonly bytes: Buffer;
}

const size = { width: 320, height: 240 };
const folders = [
  ['src', 'assets'],
  ['tests', 'fixtures', 'formats'],
  ['tests', 'fixtures', 'pdq'],
];
const formats: Readonly<Record<string, string>> = {
  '.jpg': 'JPEG',
  '.png': 'PNG',
  '.gif': 'GIF',
  '.webp': 'WebP',
  '.avif': 'AVIF',
  '.bmp': 'BMP',
  '.ico': 'ICO',
  '.tif': 'TIFF',
  '.heic': 'HEIC',
  '.jxl': 'JXL',
};

/** `count` photographs in every trait, and the committed pictures. The order is the same on every machine. */
export async function samples(count = 3): Promise<Sample[]> {
  return [...(await written(count)), ...(await committed())];
}

async function written(count: number): Promise<Sample[]> {
  const pictures = await Promise.all([await editedTestImage(), ...(await photographs(size))].map(small));
  const all: Sample[] = [];
  for (const [format, ways] of Object.entries(traits)) {
    for (const [trait, write] of Object.entries(ways)) {
      for (let at = 0; at < count; at++) {
        const [picture, ...others] = rotated(pictures, at).map((pixels) => sharp(pixels));
        if (!picture) throw new Error('there are no photographs');
        all.push({ format, name: `${trait}, photograph ${at + 1}`, bytes: await write(picture, others.slice(0, 2)) });
      }
    }
  }
  return all;
}

function small(picture: Buffer): Promise<Buffer> {
  const image: Sharp = sharp(picture).resize({ ...size, fit: 'fill' });
  return image.removeAlpha().png().toBuffer();
}

function rotated<T>(list: readonly T[], by: number): T[] {
  return [...list.slice(by % list.length), ...list.slice(0, by % list.length)];
}

async function committed(): Promise<Sample[]> {
  const found: Sample[] = [];
  for (const folder of folders) {
    for (const name of (await readdir(join(packageRoot(), ...folder))).sort()) {
      const format = formats[extname(name)];
      if (!format) continue;
      const bytes = await readFile(join(packageRoot(), ...folder, name));
      found.push({ format: bytes.includes('acTL') ? 'APNG' : format, name: [...folder, name].join('/'), bytes });
    }
  }
  return found;
}
