/** docs/decisions/0016-size-of-hashed-images.md compares the sizes. */
import sharp, { type SharpOptions } from 'sharp';
import type { Raster } from '../hashing/raster.js';

export const maxUnreducedSide = 1024;
const minReducedSide = 384;
/** A blockhash has 16 blocks per side. Smaller pictures match others by chance (docs/decisions/0021-minimum-size.md). */
export const minSide = 16;

/** For large JPEGs, which libjpeg shrinks: random access is a tenth faster and gives the same pixels. */
export const randomAccess = { sequentialRead: false } as const;

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Decoded pixels, 8 bits. With two or four channels, the last one is alpha. */
export interface Pixels extends Size {
  readonly data: Uint8Array;
  readonly channels: 1 | 2 | 3 | 4;
}

export type Background = 'white' | 'black' | 'grey';

export interface Flattened {
  readonly background: Background;
  readonly raster: Raster;
}

/**
 * From 1/3, 1/5 and 1/9 on, sharp lets libjpeg decode at 1/2, 1/4 or 1/8 size; at exactly 2, 4 and 8 it does not ("known libjpeg
 * rounding errors").
 */
export function reducedSize({ width, height }: Size): Size | undefined {
  const longer = Math.max(width, height);
  if (longer <= maxUnreducedSide) return undefined;
  const factor = [9, 5, 3].find((one) => longer / one >= minReducedSide) ?? 2;
  const scale = Math.min(1 / factor, maxUnreducedSide / longer);
  const scaled = (side: number): number => Math.max(minSide, Math.floor(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** PDQ takes grey as luma, so grey stays one channel. The result is on white first. */
export async function decodePixels(bytes: Uint8Array, options: SharpOptions, isGrey: boolean, size?: Size): Promise<Flattened[]> {
  const image = sharp(bytes, options).autoOrient();
  if (size) image.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
  const raw = image.toColourspace(isGrey ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  return flatten({ data, width: info.width, height: info.height, channels: info.channels }, size !== undefined);
}

/** At the size that is hashed, on the backgrounds that matter. */
export async function reduced(pixels: Pixels): Promise<Flattened[]> {
  const size = reducedSize(pixels);
  if (!size) return flatten(pixels, false);
  const { data, ...raw } = pixels;
  const image = sharp(data, { raw, limitInputPixels: false }).resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
  const { data: small, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return flatten({ data: small, width: info.width, height: info.height, channels: info.channels }, true);
}

/**
 * Transparent pixels show the page behind them. One file can show one picture on white and another on black, so a transparent
 * picture is flattened on white, black and middle grey. An opaque one gives one raster.
 */
export function flatten(pixels: Pixels, reduced: boolean): Flattened[] {
  const { data, width, height, channels } = pixels;
  if (channels === 1 || channels === 3) return [{ background: 'white', raster: { data, width, height, channels, reduced } }];
  const levels = isOpaque(data, channels) ? levelsOf.slice(0, 1) : levelsOf;
  return levels.map(([background, level]) => ({
    background,
    raster: { data: over(level, data, channels), width, height, channels: channels === 2 ? 1 : 3, reduced },
  }));
}

const levelsOf: readonly (readonly [Background, number])[] = [
  ['white', 255],
  ['black', 0],
  ['grey', 128],
];

function isOpaque(data: Uint8Array, channels: number): boolean {
  for (let at = channels - 1; at < data.length; at += channels) if (data[at] !== 255) return false;
  return true;
}

function over(background: number, data: Uint8Array, channels: 2 | 4): Uint8Array {
  const colours = channels - 1;
  const flat = new Uint8Array((data.length / channels) * colours);
  for (let at = 0, to = 0; at < data.length; at += channels) {
    const alpha = data[at + colours] ?? 0;
    const behind = background * (255 - alpha);
    for (let k = 0; k < colours; k++) flat[to++] = ((data[at + k] ?? 0) * alpha + behind) / 255;
  }
  return flat;
}
