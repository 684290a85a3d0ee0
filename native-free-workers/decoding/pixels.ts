/**
 * Decodes one picture, reduced if it is large.
 *
 * PDQ implementations disagree about large images: the C++ tool stretches them to 512x512, Java and pdqhash-python (in HMA) do not
 * resize. Their hashes of one image differ by 6.0 bits on average (26 reference images over 512 px) and by 6.8 (155 JPEGs of desktop
 * backgrounds). The tables show the mean and largest distance of each option to both. No option has a lower mean over both:
 *
 * | up to 1024 px              | reference: C++ | no resize | mean | backgrounds: C++ | no resize | mean |
 * |----------------------------|----------------|-----------|------|------------------|-----------|------|
 * | as the C++ tool (chosen)   | 0, 0           | 6.0, 10   | 3.0  | 0, 0             | 6.8, 24   | 3.4  |
 * | native pixels              | 6.0, 10        | 0, 0      | 3.0  | 6.8, 24          | 0, 0      | 3.4  |
 * | weights half of each       | 3.5, 6         | 2.7, 6    | 3.1  | 3.6, 12          | 3.3, 12   | 3.5  |
 * | tent of 4/512, 0.75 right  | 3.2, 10        | 3.3, 8    | 3.3  | 4.0, 18          | 4.6, 22   | 4.3  |
 * | tent of 4/512, 1 right     | 1.9, 12        | 5.4, 10   | 3.7  | 2.7, 22          | 6.5, 26   | 4.6  |
 *
 * The first option also keeps copies of one picture in other sizes closer than the second (8.3 bits, not 9.9). libvips reduces larger
 * images, because it decodes JPEG and WebP at a fraction of their size (1920x1440 in 0.8 times a bare decode):
 *
 * | 72 backgrounds of 1600 to 2560 px      | C++     | no resize | mean |
 * |----------------------------------------|---------|-----------|------|
 * | between 384 and 512 px, tent (chosen)  | 4.1, 12 | 5.3, 16   | 4.7  |
 * | 640 px, tent                           | 3.8, 10 | 5.4, 16   | 4.6  |
 * | 320 px, tent                           | 4.7, 16 | 5.4, 18   | 5.0  |
 * | stretched to 512x512, box filter       | 5.1, 12 | 11.9, 36  | 8.5  |
 * | all pixels, as the C++ tool            | 0, 0    | 8.1, 24   | 4.0  |
 */
import sharp, { type SharpOptions } from 'sharp';
import type { Raster } from '../hashing/raster.js';

/** Images with a longer side are reduced. */
export const maxUnreducedSide = 1024;
/** The longer side of a reduced image has at least this many pixels. */
const minReducedSide = 384;
/** PDQ is not defined for smaller images. */
export const minSide = 5;

/**
 * Option for large JPEGs: random access is a tenth faster where libjpeg shrinks the image, and gives the same pixels. For other formats
 * it would hold the whole image in memory.
 */
export const randomAccess = { sequentialRead: false } as const;

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * The size to reduce an image to, if it must be reduced. The longer side becomes 1/3, 1/5 or 1/9 of the original, because from there on
 * sharp lets libjpeg decode at 1/2, 1/4 or 1/8 size. At exactly 2, 4 and 8 it does not ("known libjpeg rounding errors"). Under 1152 px
 * it becomes a half.
 */
export function reducedSize({ width, height }: Size): Size | undefined {
  const longer = Math.max(width, height);
  if (longer <= maxUnreducedSide) return undefined;
  const factor = [9, 5, 3].find((one) => longer / one >= minReducedSide) ?? 2;
  const scale = Math.min(1 / factor, maxUnreducedSide / longer);
  const scaled = (side: number): number => Math.max(minSide, Math.floor(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** Decodes to one channel if the picture is grey, which PDQ takes as luma, otherwise to RGB. */
export async function decodePixels(bytes: Uint8Array, options: SharpOptions, isGrey: boolean, size?: Size): Promise<Raster> {
  const image = sharp(bytes, options).autoOrient().flatten({ background: '#fff' });
  if (size) image.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
  const raw = image.toColourspace(isGrey ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  if (info.channels === 2) throw new TypeError('sharp kept the alpha channel although it was told to flatten the image');
  return { data, width: info.width, height: info.height, channels: info.channels, reduced: size !== undefined };
}
