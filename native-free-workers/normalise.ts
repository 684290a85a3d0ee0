/**
 * From hostile bytes to the pixels that are hashed.
 *
 * What a viewer shows: EXIF orientation applied, alpha over white, CMYK, palettes and 16 bit brought to 8-bit sRGB or grey, first frame
 * only. Up to 512 px on both sides the pixels stay as they are, so that PDQ is exact; otherwise they are stretched to 512x512 with a
 * linear kernel, as near to the PDQ reference as a filtered resize gets (mean 3.9 bits, max 12). ICC profiles of RGB and grey images
 * are not applied: no other PDQ implementation does, and a hash must equal theirs.
 */
import sharp, { type Metadata, type Sharp, type SharpOptions } from 'sharp';
import type { DecodedFormat, ImageLimits, Refusal } from './image-result.js';
import type { Raster } from './raster.js';
import { screen } from './screen.js';

export interface Normalised {
  readonly raster: Raster;
  /** Pixels before the stretch, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
}

export interface Refused {
  readonly unscannable: Refusal;
}

/** PDQ reference: above this, on either side, an image is stretched to a square of this. */
const side = 512;
const smallest = 5;

/** Leaves libvips with the six decoders of `decodedFormats`, in the whole process; to be called before the first image. */
export function restrictDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  const names = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];
  sharp.unblock({ operation: names.map((name) => `VipsForeignLoad${name}Buffer`) });
  sharp.cache(false);
  sharp.concurrency(1);
}

/** Never rejects because of what the bytes are: an image that cannot be hashed is a `Refused`. */
export async function normalise(bytes: Uint8Array, limits: ImageLimits): Promise<Normalised | Refused> {
  const screened = screen(bytes, limits);
  if ('unscannable' in screened) return screened;
  const { format } = screened;
  // 'error' refuses a file that ends early and takes damaged JPEG data as viewers show it; 'warning' would refuse that too, and the
  // laxer 'truncated' takes the missing strips of a cut TIFF for black.
  const options: SharpOptions = { failOn: 'error', limitInputPixels: limits.maxPixels };
  try {
    return await decode(bytes, format, options, limits);
  } catch (error) {
    const unscannable = refusalOf(error);
    return unscannable === 'truncated' && format === 'jpeg' ? withEndMarker(bytes, options, limits) : { unscannable };
  }
}

/** Many JPEGs in the wild lack only the end marker. Given one, such a file decodes without a warning; one that lost pixels does not. */
async function withEndMarker(bytes: Uint8Array, options: SharpOptions, limits: ImageLimits): Promise<Normalised | Refused> {
  const ended = new Uint8Array(bytes.length + 2);
  ended.set(bytes);
  ended.set([0xff, 0xd9], bytes.length);
  try {
    return await decode(ended, 'jpeg', { ...options, failOn: 'warning' }, limits);
  } catch {
    return { unscannable: 'truncated' };
  }
}

async function decode(
  bytes: Uint8Array,
  format: DecodedFormat,
  options: SharpOptions,
  limits: ImageLimits,
): Promise<Normalised | Refused> {
  const metadata = await sharp(bytes, options).metadata();
  const { width, height } = metadata.autoOrient;
  if ((metadata.pages ?? 1) > limits.maxFrames) return { unscannable: 'too_many_frames' };
  if (width < smallest || height < smallest) return { unscannable: 'too_small' };
  // A CMYK profile says what the inks look like; without it the conversion would be a guess.
  const image = sharp(bytes, { ...options, ignoreIcc: metadata.space !== 'cmyk' })
    .autoOrient()
    .flatten({ background: '#fff' });
  if (width > side || height > side) image.resize(side, side, { fit: 'fill', kernel: 'linear' });
  return { raster: await pixelsOf(image, metadata), width, height, format };
}

/** Grey stays one channel, which the PDQ reference takes as luma; the rest becomes RGB. */
async function pixelsOf(image: Sharp, { space }: Metadata): Promise<Raster> {
  const isGrey = space === 'b-w' || space === 'grey16';
  const raw = image.toColourspace(isGrey ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  if (info.channels === 2) throw new Error('alpha survived flattening');
  return { data, width: info.width, height: info.height, channels: info.channels };
}

/** libvips tells by messages only. What began like an image and failed in any other way counts as cut or damaged. */
function refusalOf(error: unknown): Refusal {
  // A trap of the WebAssembly build leaves it in no state to decode another image: this process has to end.
  if (error instanceof WebAssembly.RuntimeError) throw error;
  const message = error instanceof Error ? error.message : '';
  if (/exceeds pixel limit|too (large|big)|maximum supported image dimension|out of memory/i.test(message))
    return 'too_many_pixels';
  if (/unsupported (feature|codec)|not (supported|configured|compiled)/i.test(message)) return 'unsupported_format';
  return 'truncated';
}
