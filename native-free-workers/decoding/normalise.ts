/**
 * From hostile bytes to the pixels that are hashed: what a viewer shows. EXIF orientation applied, alpha over white, ICC profiles, gamma,
 * CMYK, palettes and 16 bit brought to 8-bit sRGB or grey.
 *
 * No other PDQ implementation applies ICC profiles of RGB images. We do, for who embeds a profile that swaps channels shows one picture and
 * has another hashed; ordinary profiles move a hash by 0 (sRGB) to 2 bits (Display P3). It costs 1.2 times a bare decode, so plain
 * sRGB profiles are left out.
 *
 * Which profile a viewer applies, if any, is not certain: of two in a JPEG browsers take the first, as we do, and libvips the last; what browsers
 * find incomplete or malformed they ignore. So a picture with a profile that is not plain sRGB is decoded twice, by it and without it. One after the other:
 * 48 megapixels take 0.15 s as JPEG, 1.3 as PNG, 4.9 as AVIF.
 *
 * Size, in mean and largest distance to the C++ tool and to implementations without a resize (26 reference images of over 512 px; then 155
 * JPEGs of backgrounds). Both differ from one another by 6.0 and 6.8, so no way has a lower mean over both than 3.0 and 3.4:
 *
 * | up to 1024 px              | reference: C++ | no resize | mean | backgrounds: C++ | no resize | mean |
 * |----------------------------|----------------|-----------|------|------------------|-----------|------|
 * | as the C++ tool (chosen)   | 0, 0           | 6.0, 10   | 3.0  | 0, 0             | 6.8, 24   | 3.4  |
 * | native pixels              | 6.0, 10        | 0, 0      | 3.0  | 6.8, 24          | 0, 0      | 3.4  |
 * | weights half of each       | 3.5, 6         | 2.7, 6    | 3.1  | 3.6, 12          | 3.3, 12   | 3.5  |
 * | tent of 4/512, 0.75 right  | 3.2, 10        | 3.3, 8    | 3.3  | 4.0, 18          | 4.6, 22   | 4.3  |
 * | tent of 4/512, 1 right     | 1.9, 12        | 5.4, 10   | 3.7  | 2.7, 22          | 6.5, 26   | 4.6  |
 *
 * Of the first two, copies of one picture in other sizes are nearer with the first (8.3 bits against 9.9). Larger images are reduced by
 * libvips, which decodes JPEG and WebP at a fraction of their size (1920x1440 in 0.8 times a bare decode), and filtered with a tent:
 *
 * | 72 backgrounds of 1600 to 2560 px      | C++     | no resize | mean |
 * |----------------------------------------|---------|-----------|------|
 * | between 384 and 512 px, tent (chosen)  | 4.1, 12 | 5.3, 16   | 4.7  |
 * | 640 px, tent                           | 3.8, 10 | 5.4, 16   | 4.6  |
 * | 320 px, tent                           | 4.7, 16 | 5.4, 18   | 5.0  |
 * | stretched to 512x512, box filter       | 5.1, 12 | 11.9, 36  | 8.5  |
 * | all pixels, as the C++ tool            | 0, 0    | 8.1, 24   | 4.0  |
 */
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { type Header, plainHeader } from '../file-formats/image-header.js';
import { withFirstProfile } from '../file-formats/jpeg-profiles.js';
import { isPlainSrgb } from '../file-formats/srgb-profile.js';
import type { Raster } from '../hashing/raster.js';
import type { DecodedFormat, ImageLimits, Refusal } from '../image-task.js';
import { withGammaApplied } from './png-gamma.js';
import { preflight } from './preflight.js';

/** Which picture of the file. */
type Page = 'full' | 'frame_middle' | 'frame_last';

/** One picture of the file, by the name of its variant. */
export interface Frame {
  /** `unprofiled`: as stored, without the profile that the one before it was shown by. */
  readonly variant: Page | 'unprofiled' | `${Exclude<Page, 'full'>}_unprofiled`;
  readonly raster: Raster;
}

export interface Normalised {
  /** `full` first, the only one unless the file is an animation, has pages or a profile that is not plain sRGB. */
  readonly frames: readonly Frame[];
  /** Pixels of the first frame before any reduction, after EXIF orientation. */
  readonly width: number;
  readonly height: number;
  readonly format: DecodedFormat;
}

export interface Refused {
  readonly unscannable: Refusal;
}

/** Images whose longer side is over this are reduced. */
const largestWhole = 1024;
/** A reduced image's longer side is at least this. */
const smallestReduced = 384;
const smallest = 5;

/**
 * Pixels of animation that are played to reach its last frame; the middle one plays half of them again. GIF and WebP show each frame on the one
 * before, so the thousandth costs a thousand. One core plays 100 to 350 million pixels a second, with the wasm decoder 120 to 270: at most a
 * second, of five that an image has by default, and a slower machine has room for three times that.
 */
const maxPlayed = 48_000_000;

/**
 * How a large JPEG is read. libjpeg makes it small, and given at once, not line by line between threads, that takes a tenth less; the same
 * pixels. Of other formats it would be all of the image.
 */
const atOnce = { sequentialRead: false } as const;

/** Leaves libvips with the six decoders of `decodedFormats`, in the whole process; to be called before the first image. */
export function restrictDecoders(): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  const names = ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Heif', 'Tiff'];
  sharp.unblock({ operation: names.map((name) => `VipsForeignLoad${name}Buffer`) });
  sharp.cache(false);
  sharp.concurrency(1);
}

/** Never rejects because of what the bytes are: an image that cannot be hashed is a `Refused`. Rejects for faults of ours. */
export async function normalise(bytes: Uint8Array, limits: ImageLimits): Promise<Normalised | Refused> {
  const screened = preflight(bytes, limits);
  if ('unscannable' in screened) return screened;
  const { format, exponent } = screened;
  // 'error' refuses a file that ends early and takes damaged JPEG data as viewers show it; 'warning' would refuse that too, and the
  // laxer 'truncated' takes the missing strips of a cut TIFF for black.
  const options: SharpOptions = { failOn: 'error', limitInputPixels: limits.maxPixels };
  try {
    const shown = exponent === undefined ? bytes : await withGammaApplied(bytes, options, exponent);
    return await decode(format === 'jpeg' ? withFirstProfile(shown) : shown, format, options, limits);
  } catch (error) {
    const unscannable = refusalOf(error);
    return unscannable === 'truncated' && format === 'jpeg'
      ? withEndMarker(withFirstProfile(bytes), options, limits)
      : { unscannable };
  }
}

/** Many JPEGs in the wild lack only the end marker. Given one, such a file decodes without a warning; one that lost pixels does not. */
async function withEndMarker(bytes: Uint8Array, options: SharpOptions, limits: ImageLimits): Promise<Normalised | Refused> {
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
  const header = plainHeader(bytes, format);
  if (header && Math.max(header.width, header.height) <= largestWhole) {
    const raster = await pixelsOf(bytes, options, header.isGrey);
    // A header made to be misread: libvips found more pixels than we did, and is asked what it sees.
    if (Math.max(raster.width, raster.height) <= largestWhole) return whole(raster, format);
  } else if (header && format === 'jpeg' && !header.mayBeTurned) return reducedJpeg(bytes, options, header);
  return decodeClosely(bytes, format, options, limits);
}

function whole(raster: Raster, format: DecodedFormat): Normalised | Refused {
  const { width, height } = raster;
  if (width < smallest || height < smallest) return { unscannable: 'too_small' };
  return { frames: [{ variant: 'full', raster }], width, height, format };
}

/** Of a large JPEG that has neither a profile nor EXIF all is known that libvips would be asked for: 0.5 ms of 10. */
async function reducedJpeg(
  bytes: Uint8Array,
  options: SharpOptions,
  { width, height, isGrey }: Header,
): Promise<Normalised | Refused> {
  if (width < smallest || height < smallest) return { unscannable: 'too_small' };
  const raster = await pixelsOf(bytes, { ...options, ...atOnce }, isGrey, reducedSize({ width, height }));
  return { frames: [{ variant: 'full', raster }], width, height, format: 'jpeg' };
}

/** The way of files that libvips must look at twice: large ones, those with frames or a profile, and formats without a `plainHeader`. */
async function decodeClosely(
  bytes: Uint8Array,
  format: DecodedFormat,
  options: SharpOptions,
  limits: ImageLimits,
): Promise<Normalised | Refused> {
  const metadata = await sharp(bytes, options).metadata();
  const { width, height } = metadata.autoOrient;
  const pages = metadata.pages ?? 1;
  if (pages > limits.maxFrames) return { unscannable: 'too_many_frames' };
  if (width < smallest || height < smallest) return { unscannable: 'too_small' };
  const access = format === 'jpeg' ? { ...options, ...atOnce } : options;
  const frames = await pageOf(bytes, access, metadata, 'full');
  for (const [page, at] of laterPages(playable(pages, format, metadata))) {
    const later = await laterPageOf(bytes, { ...options, page: at }, page);
    frames.push(...later.filter(({ raster }) => raster.width >= smallest && raster.height >= smallest));
  }
  return { frames, width, height, format };
}

/** Pages of a TIFF have sizes, profiles and colours of their own: `metadata` is the page's. */
async function pageOf(bytes: Uint8Array, options: SharpOptions, metadata: Metadata, page: Page): Promise<Frame[]> {
  const { icc, space } = metadata;
  const size = reducedSize(metadata.autoOrient);
  const isGrey = space === 'b-w' || space === 'grey16';
  const stored = () => pixelsOf(bytes, { ...options, ignoreIcc: icc !== undefined }, isGrey, size);
  if (!icc || isPlainSrgb(icc)) return [{ variant: page, raster: await stored() }];
  return [
    { variant: page, raster: await pixelsOf(bytes, options, false, size) },
    { variant: page === 'full' ? 'unprofiled' : `${page}_unprofiled`, raster: await stored() },
  ];
}

/** None when it is damaged: who breaks the end of an animation still shows the beginning, and that was decoded. */
async function laterPageOf(bytes: Uint8Array, options: SharpOptions, page: Page): Promise<Frame[]> {
  try {
    return await pageOf(bytes, options, await sharp(bytes, options).metadata(), page);
  } catch (error) {
    if (refusalOf(error) === 'too_many_pixels') throw error;
    return [];
  }
}

/** Of an animation, how many frames are played: what is behind them is not hashed, so that the first always is. Pages of other formats stand alone. */
function playable(frames: number, format: DecodedFormat, { width, height }: Metadata): number {
  const isPlayed = format === 'gif' || format === 'webp';
  return isPlayed ? Math.min(frames, Math.floor(maxPlayed / (width * height))) : frames;
}

/** Middle and last of so many, where they are not the first. */
function laterPages(pages: number): Map<Exclude<Page, 'full'>, number> {
  const later = new Map<Exclude<Page, 'full'>, number>();
  if (pages > 2) later.set('frame_middle', pages >> 1);
  if (pages > 1) later.set('frame_last', pages - 1);
  return later;
}

type Size = { readonly width: number; readonly height: number };

/**
 * To what an image is reduced, if it is: the longer side is 1 / 3, 1 / 5 or 1 / 9 of the original, because from there on sharp lets libjpeg decode at
 * 1 / 2, 1 / 4 and 1 / 8 of the size (at exactly 2, 4 and 8 it shies back, "known libjpeg rounding errors"). Under 1152 px, a half. Nothing is smaller than 5 px.
 */
function reducedSize({ width, height }: Size): Size | undefined {
  const longer = Math.max(width, height);
  if (longer <= largestWhole) return undefined;
  const factor = [9, 5, 3].find((one) => longer / one >= smallestReduced) ?? 2;
  const scale = Math.min(1 / factor, largestWhole / longer);
  const scaled = (side: number): number => Math.max(smallest, Math.floor(side * scale));
  return { width: scaled(width), height: scaled(height) };
}

/** Grey stays one channel, which the PDQ reference takes as luma; the rest becomes RGB. */
async function pixelsOf(bytes: Uint8Array, options: SharpOptions, isGrey: boolean, size?: Size): Promise<Raster> {
  const image = sharp(bytes, options).autoOrient().flatten({ background: '#fff' });
  if (size) image.resize(size.width, size.height, { fit: 'fill', kernel: 'linear' });
  const raw = image.toColourspace(isGrey ? 'b-w' : 'srgb').raw({ depth: 'uchar' });
  const { data, info } = await raw.toBuffer({ resolveWithObject: true });
  if (info.channels === 2) throw new TypeError('alpha survived flattening');
  return { data, width: info.width, height: info.height, channels: info.channels, reduced: size !== undefined };
}

/**
 * libvips tells by messages only. What began like an image and failed in any other way counts as cut or damaged. Throws what did not come
 * from libvips.
 */
function refusalOf(error: unknown): Refusal {
  if (!isOfDecoder(error)) throw error;
  const { message } = error;
  if (/exceeds pixel limit|too (large|big)|maximum supported image dimension|out of memory/i.test(message))
    return 'too_many_pixels';
  if (/unsupported (feature|codec)|not (supported|configured|compiled)/i.test(message)) return 'unsupported_format';
  return 'truncated';
}

/**
 * sharp passes on what libvips says as plain Errors, and complains of its arguments as "Expected ... but received ...". TypeErrors and
 * RangeErrors are faults of ours. A trap of the WebAssembly build leaves it in no state to decode another image: this process has to end.
 */
function isOfDecoder(error: unknown): error is Error {
  return error instanceof Error && error.constructor === Error && !/^Expected .* but received /.test(error.message);
}
