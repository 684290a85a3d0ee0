/**
 * From untrusted bytes to the pixels that are hashed, as a viewer shows them: EXIF orientation applied, alpha over white, ICC
 * profiles, gamma, CMYK, palettes and 16 bits converted to 8-bit sRGB or grey.
 *
 * No other PDQ implementation applies ICC profiles to RGB. But a profile that swaps channels would show one picture and have
 * another hashed. Viewers disagree about which profile to apply, so a picture whose profile is not plain sRGB is decoded with and
 * without it. For 48 megapixels each takes 0.15 s as JPEG, 1.3 s as PNG and 4.9 s as AVIF.
 */
import sharp, { type SharpOptions } from 'sharp';
import { withoutCleanAperture } from '../file-formats/clean-aperture.js';
import { type ImageHeader, readSimpleHeader } from '../file-formats/image-header.js';
import { withFirstProfile } from '../file-formats/jpeg-profiles.js';
import { withColourProfile } from '../file-formats/png-colour.js';
import { withMissingBytes } from '../file-formats/webp-ending.js';
import type { Frame } from '../hashing/frame.js';
import type { DecodedFormat, ImageLimits, Refusal } from '../image-task.js';
import { refusalOf } from './decoder-error.js';
import type { Flattened } from './flatten.js';
import { firstFrames, laterFrames } from './frames.js';
import type { Normalised, Refused } from './normalised.js';
import { normalisePages } from './pages/read-pages.js';
import { decodePixels, randomAccess } from './pixels.js';
import { withGammaApplied } from './png-gamma.js';
import { type Preflight, preflight } from './preflight.js';
import { readingsOf } from './readings.js';
import { maxUnreducedSide, minSide, reducedSize } from './reduced-size.js';

export type { Normalised, Refused };

/** Leaves libvips with the decoders of the formats that it reads, in the whole process. */
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
  const { format, reader } = checked;
  if (reader) return attempt(() => normalisePages(bytes, reader, limits));
  const whole = await attempt(() => decodeShown(bytes, checked, options(limits, 'error'), limits));
  if (!isRefused(whole, 'truncated')) return whole;
  const ended = format === 'jpeg' ? await attempt(() => decodeWithEndMarker(bytes, options(limits, 'warning'), limits)) : whole;
  if (!isRefused(ended, 'truncated')) return ended;
  // Cutting a few bytes must not hide a picture. What decodes is hashed, and the answer says that the file is damaged.
  const completed = (format === 'webp' && withMissingBytes(bytes)) || bytes;
  const damaged = await attempt(() => decodeShown(completed, checked, options(limits, 'none'), limits));
  return 'unscannable' in damaged ? damaged : { ...damaged, truncated: true };
}

/** 'warning' refuses damaged JPEG data that viewers show. 'truncated' decodes missing strips of a TIFF as black. */
const options = ({ maxPixels }: ImageLimits, failOn: 'none' | 'error' | 'warning'): SharpOptions => ({
  failOn,
  limitInputPixels: maxPixels,
});

async function attempt(decode: () => Promise<Normalised | Refused>): Promise<Normalised | Refused> {
  try {
    return await decode();
  } catch (error) {
    return { unscannable: refusalOf(error) };
  }
}

const isRefused = (result: Normalised | Refused, reason: Refusal): boolean =>
  'unscannable' in result && result.unscannable === reason;

async function decodeShown(
  bytes: Uint8Array,
  { format, colour: { exponent, profile } }: Preflight,
  options: SharpOptions,
  limits: ImageLimits,
): Promise<Normalised | Refused> {
  if (format === 'jpeg') return decode(withFirstProfile(bytes), format, options, limits);
  if (format === 'avif') return decodeCropped(bytes, options, limits);
  // Some viewers follow the colour chunks of a PNG. Others show the samples as they are stored.
  if (profile) return decode(withColourProfile(bytes, profile), format, options, limits);
  const stored = await decode(bytes, format, options, limits);
  if (exponent === undefined || 'unscannable' in stored) return stored;
  const shown = await decode(await withGammaApplied(bytes, options, exponent), format, options, limits);
  return 'unscannable' in shown ? shown : { ...shown, frames: [...shown.frames, ...stored.frames.map(asUnprofiled)] };
}

/** As the crop box says, and as browsers show it. */
async function decodeCropped(bytes: Uint8Array, options: SharpOptions, limits: ImageLimits): Promise<Normalised | Refused> {
  const cropped = await decode(bytes, 'avif', options, limits);
  const uncropped = withoutCleanAperture(bytes);
  if (!uncropped || 'unscannable' in cropped) return cropped;
  const whole = await decode(uncropped, 'avif', options, limits);
  if ('unscannable' in whole) return cropped;
  return { ...cropped, frames: [...cropped.frames, ...whole.frames.map(asUncropped)] };
}

const asUncropped = (frame: Frame): Frame => ({
  ...frame,
  variant: frame.variant === 'full' ? 'uncropped' : `uncropped_${frame.variant}`,
});

const asUnprofiled = (frame: Frame): Frame => ({
  ...frame,
  variant: frame.variant === 'full' ? 'unprofiled' : `unprofiled_${frame.variant}`,
});

/** A JPEG that lacks only its end marker decodes without a warning if it gets one. */
function decodeWithEndMarker(bytes: Uint8Array, options: SharpOptions, limits: ImageLimits): Promise<Normalised | Refused> {
  const jpeg = withFirstProfile(bytes);
  const ended = new Uint8Array(jpeg.length + 2);
  ended.set(jpeg);
  ended.set([0xff, 0xd9], jpeg.length);
  return decode(ended, 'jpeg', options, limits);
}

async function decode(
  bytes: Uint8Array,
  format: DecodedFormat,
  options: SharpOptions,
  limits: ImageLimits,
): Promise<Normalised | Refused> {
  const header = readSimpleHeader(bytes, format);
  if (header && Math.max(header.width, header.height) <= maxUnreducedSide) {
    const flattened = await decodePixels(bytes, options, header.isGrey);
    const { width = 0, height = 0 } = flattened[0]?.raster ?? {};
    // A crafted header can make libvips find more pixels than we did.
    if (Math.max(width, height) <= maxUnreducedSide) return onePage(flattened, width, height, format);
  } else if (header && format === 'jpeg' && !header.mayHaveExif) return decodeLargeJpeg(bytes, options, header);
  return decodeWithMetadata(bytes, format, options, limits);
}

function onePage(flattened: readonly Flattened[], width: number, height: number, format: DecodedFormat): Normalised | Refused {
  if (width < minSide || height < minSide) return { unscannable: 'too_small' };
  const frames = readingsOf('', flattened).map(({ manner, raster }) => ({ variant: manner || 'full', page: 0, raster }));
  return { frames, width, height, format, looked: { looked: 1, of: 1 }, truncated: false };
}

/** Needs no metadata from libvips, which would take 0.5 of 10 ms. */
async function decodeLargeJpeg(
  bytes: Uint8Array,
  options: SharpOptions,
  { width, height, isGrey }: ImageHeader,
): Promise<Normalised | Refused> {
  const size = reducedSize({ width, height });
  return onePage(await decodePixels(bytes, { ...options, ...randomAccess }, isGrey, size), width, height, 'jpeg');
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
  const { frames, looked } = await laterFrames(bytes, options, format, metadata);
  return { frames: [...first, ...frames], width, height, format, looked, truncated: false };
}
