import sharp, { type SharpOptions } from 'sharp';
import { type Flattened, flatten, type Pixels } from './flatten.js';
import { reducedSize, type Size } from './reduced-size.js';

/** For large JPEGs, which libjpeg shrinks: random access is a tenth faster and gives the same pixels. */
export const randomAccess = { sequentialRead: false } as const;

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
