/**
 * From untrusted bytes to the pixels that are hashed, as a viewer shows them: EXIF orientation applied, alpha over white, and ICC
 * profiles, gamma, CMYK, palettes and 16 bits converted to 8-bit sRGB or grey.
 *
 * No other PDQ implementation applies ICC profiles to RGB. But a profile that swaps channels would show one picture and have
 * another hashed. Viewers disagree about which profile to apply, so a picture whose profile is not plain sRGB is decoded with and
 * without it. For 48 megapixels each takes 0.15 s as JPEG, 1.3 s as PNG and 4.9 s as AVIF.
 */
import sharp, { type SharpOptions } from 'sharp';
import { type ImageHeader, readSimpleHeader } from '../file-formats/image-header.js';
import { withFirstProfile } from '../file-formats/jpeg-profiles.js';
import type { Raster } from '../hashing/raster.js';
import type { DecodedFormat, ImageLimits, Refusal } from '../image-task.js';
import { refusalOf } from './decoder-error.js';
import { type Frame, firstFrames, laterFrames } from './frames.js';
import { decodePixels, maxUnreducedSide, minSide, randomAccess, reducedSize } from './pixels.js';
import { withGammaApplied } from './png-gamma.js';
import { preflight } from './preflight.js';

export interface Normalised {
  /** `full` first. */
  readonly frames: readonly Frame[];
  /** Of the first frame before any reduction, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
}

export interface Refused {
  readonly unscannable: Refusal;
}

/** Leaves libvips with the decoders of `decodedFormats`, in the whole process. */
export function restrictDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  const names = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];
  sharp.unblock({ operation: names.map((name) => `VipsForeignLoad${name}Buffer`) });
  sharp.cache(false);
  sharp.concurrency(1);
}

/** Rejects only for faults of our own code. */
export async function normalise(bytes: Uint8Array, limits: ImageLimits): Promise<Normalised | Refused> {
  const checked = preflight(bytes, limits);
  if ('unscannable' in checked) return checked;
  const { format, exponent } = checked;
  // 'warning' refuses damaged JPEG data that viewers show. 'truncated' decodes missing strips of a TIFF as black.
  const options: SharpOptions = { failOn: 'error', limitInputPixels: limits.maxPixels };
  try {
    const shown = exponent === undefined ? bytes : await withGammaApplied(bytes, options, exponent);
    return await decode(format === 'jpeg' ? withFirstProfile(shown) : shown, format, options, limits);
  } catch (error) {
    const unscannable = refusalOf(error);
    return unscannable === 'truncated' && format === 'jpeg'
      ? decodeWithEndMarker(withFirstProfile(bytes), options, limits)
      : { unscannable };
  }
}

/** A JPEG that lacks only its end marker decodes without a warning if it gets one. */
async function decodeWithEndMarker(bytes: Uint8Array, options: SharpOptions, limits: ImageLimits): Promise<Normalised | Refused> {
  const ended = new Uint8Array(bytes.length + 2);
  ended.set(bytes);
  ended.set([0xff, 0xd9], bytes.length);
  try {
    return await decode(ended, 'jpeg', { ...options, failOn: 'warning' }, limits);
  } catch (error) {
    return { unscannable: refusalOf(error) };
  }
}

async function decode(
  bytes: Uint8Array,
  format: DecodedFormat,
  options: SharpOptions,
  limits: ImageLimits,
): Promise<Normalised | Refused> {
  const header = readSimpleHeader(bytes, format);
  if (header && Math.max(header.width, header.height) <= maxUnreducedSide) {
    const raster = await decodePixels(bytes, options, header.isGrey);
    // A crafted header can make libvips find more pixels than we did.
    if (Math.max(raster.width, raster.height) <= maxUnreducedSide) return unreduced(raster, format);
  } else if (header && format === 'jpeg' && !header.mayHaveExif) return decodeLargeJpeg(bytes, options, header);
  return decodeWithMetadata(bytes, format, options, limits);
}

function unreduced(raster: Raster, format: DecodedFormat): Normalised | Refused {
  const { width, height } = raster;
  if (width < minSide || height < minSide) return { unscannable: 'too_small' };
  return { frames: [{ variant: 'full', raster }], width, height, format };
}

/** Needs no metadata from libvips, which would take 0.5 of 10 ms. */
async function decodeLargeJpeg(
  bytes: Uint8Array,
  options: SharpOptions,
  { width, height, isGrey }: ImageHeader,
): Promise<Normalised | Refused> {
  if (width < minSide || height < minSide) return { unscannable: 'too_small' };
  const raster = await decodePixels(bytes, { ...options, ...randomAccess }, isGrey, reducedSize({ width, height }));
  return { frames: [{ variant: 'full', raster }], width, height, format: 'jpeg' };
}

async function decodeWithMetadata(
  bytes: Uint8Array,
  format: DecodedFormat,
  options: SharpOptions,
  limits: ImageLimits,
): Promise<Normalised | Refused> {
  const metadata = await sharp(bytes, options).metadata();
  const { width, height } = metadata.autoOrient;
  if ((metadata.pages ?? 1) > limits.maxFrames) return { unscannable: 'too_many_frames' };
  if (width < minSide || height < minSide) return { unscannable: 'too_small' };
  const first = await firstFrames(bytes, format === 'jpeg' ? { ...options, ...randomAccess } : options, metadata);
  const later = await laterFrames(bytes, options, format, metadata);
  return { frames: [...first, ...later], width, height, format };
}
