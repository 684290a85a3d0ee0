/** Blockhash distances of edited and of unrelated photographs. The default threshold comes from these figures. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { minimumQuality } from '../../native-free-workers/hashing/degenerate-limits.js';
import type { ImageKernel } from '../../native-free-workers/hashing/image-kernel.js';
import { loadImageKernel } from '../../native-free-workers/hashing/load-image-kernel.js';
import { hammingDistance } from '../../src/domain/hash.js';
import { percentile } from '../statistics.js';
import type { Spread } from './results.js';

const size = { width: 640, height: 480 };
const pdqRadius = 31;

const edits: ReadonlyMap<string, (image: Sharp) => Sharp> = new Map([
  ['JPEG 20', (image) => image.jpeg({ quality: 20 })],
  ['WebP 30', (image) => image.webp({ quality: 30 })],
  ['20 % of the size', (image) => image.resize(128, 96, { fit: 'fill' })],
  ['squeezed to square', (image) => image.resize(500, 500, { fit: 'fill' })],
  ['blurred', (image) => image.blur(3)],
  ['sharpened', (image) => image.sharpen({ sigma: 2 })],
  ['30 % brighter', (image) => image.modulate({ brightness: 1.3 })],
  ['more contrast', (image) => image.linear(1.4, -50)],
  ['grey', (image) => image.greyscale()],
  ['more saturated', (image) => image.modulate({ saturation: 1.8 })],
  ['other hue', (image) => image.modulate({ hue: 60 })],
  ['cropped by 1 % per side', (image) => image.extract({ left: 6, top: 5, width: 628, height: 470 })],
]);

interface Hashed {
  readonly pdq: string;
  readonly blockhashes: readonly string[];
}

export async function blockhashDistances(folder: string): Promise<Spread[]> {
  const kernel = await loadImageKernel();
  const originals: Hashed[] = [];
  const byEdit = new Map([...edits.keys()].map((name) => [name, [] as number[]]));
  for (const file of photographsBelow(folder)) {
    // Pass bytes, not paths: loading the imaging task has disabled sharp's file decoders.
    const pixels = await sharp(readFileSync(file))
      .autoOrient()
      .flatten()
      .resize({ ...size, fit: 'cover' })
      .png()
      .toBuffer();
    const original = await hash(kernel, pixels);
    // The folder may hold one picture in several sizes. Keep only the first.
    if (!original || originals.some(({ pdq }) => hammingDistance(pdq, original.pdq) <= pdqRadius)) continue;
    for (const [name, edit] of edits) {
      const copy = await hash(kernel, await edit(sharp(pixels)).toBuffer());
      if (copy && hammingDistance(copy.pdq, original.pdq) <= pdqRadius)
        byEdit.get(name)?.push(nearest(copy.blockhashes.slice(0, 1), original));
    }
    originals.push(original);
  }
  const unrelated = originals.flatMap((one, at) => originals.slice(0, at).map((other) => nearest(one.blockhashes, other)));
  return [...byEdit, ['unrelated photographs, nearest orientation', unrelated] as const].flatMap(([name, values]) =>
    values.length === 0 ? [] : [{ name, count: values.length, distances: spread(values) }],
  );
}

function nearest(hashes: readonly string[], { blockhashes: [upright = ''] }: Hashed): number {
  return Math.min(...hashes.map((one) => hammingDistance(one, upright)));
}

function spread(values: readonly number[]): number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return [0, 0.01, 0.5, 0.9, 0.99, 1].map((share) => percentile(sorted, share));
}

async function hash(kernel: ImageKernel, file: Buffer): Promise<Hashed | undefined> {
  const { data, info } = await sharp(file).toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  kernel.load({ data, width: info.width, height: info.height, channels: 3 });
  const { hashes, quality } = kernel.pdq();
  const blockhashes = kernel.blockhashes();
  const isDegenerate = quality < minimumQuality || kernel.isDegenerate() || kernel.areBlocksDegenerate();
  return isDegenerate ? undefined : { pdq: hashes[0] ?? '', blockhashes };
}

function photographsBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(jpe?g|png|webp)$/i.test(name))
    .sort()
    .map((name) => join(folder, name));
}
