/** docs/decisions/0016-size-of-hashed-images.md compares the sizes. */
import sharp, { type SharpOptions } from 'sharp';
import type { Raster } from '../hashing/raster.js';

export const maxUnreducedSide = 1024;
const minReducedSide = 384;
/** PDQ is not defined for smaller images. */
export const minSide = 5;

/** For large JPEGs, which libjpeg shrinks: random access is a tenth faster and gives the same pixels. */
export const randomAccess = { sequentialRead: false } as const;

interface Size {
  readonly width: number;
  readonly height: number;
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

/** PDQ takes grey as luma, so grey stays one channel. */
export async function decodePixels(bytes: Uint8Array, options: SharpOptions, isGrey: boolean, size?: Size): Promise<Raster> {
  const image = sharp(bytes, options).autoOrient().flatten({ background: '#fff' });
  if (size) image.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
  const raw = image.toColourspace(isGrey ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  if (info.channels === 2) throw new TypeError('sharp kept the alpha channel although it was told to flatten the image');
  return { data, width: info.width, height: info.height, channels: info.channels, reduced: size !== undefined };
}
