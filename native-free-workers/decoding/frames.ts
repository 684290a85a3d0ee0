/** The pictures of one file that are hashed: the first, middle and last frame or page, each with and without its profile. */
import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { isPlainSrgb } from '../file-formats/srgb-profile.js';
import type { Raster } from '../hashing/raster.js';
import type { DecodedFormat } from '../image-task.js';
import { refusalOf } from './decoder-error.js';
import { decodePixels, minSide, reducedSize } from './pixels.js';

type LaterPage = 'frame_middle' | 'frame_last';
type Page = 'full' | LaterPage;

/** One decoded picture, by the name of its variant. */
export interface Frame {
  /** `unprofiled`: the frame before it, decoded without its ICC profile. */
  readonly variant: Page | 'unprofiled' | `${LaterPage}_unprofiled`;
  readonly raster: Raster;
}

/**
 * Pixels of an animation that may be played to reach its last frame. GIF and WebP draw each frame onto the one before, so the
 * thousandth frame costs a thousand, and the middle one half of that again. One core plays 100 to 350 million pixels per second
 * (120 to 270 with the wasm decoder), so this takes at most one second of the five that an image has by default.
 */
const maxPlayedPixels = 48_000_000;

/** The first picture of the file, and its copy without profile. */
export function firstFrames(bytes: Uint8Array, options: SharpOptions, metadata: Metadata): Promise<Frame[]> {
  return decodePage(bytes, options, metadata, 'full');
}

/** The middle and the last picture of the file. */
export async function laterFrames(
  bytes: Uint8Array,
  options: SharpOptions,
  format: DecodedFormat,
  metadata: Metadata,
): Promise<Frame[]> {
  const frames: Frame[] = [];
  for (const [page, at] of laterPages(playableFrames(format, metadata))) {
    const later = await decodeLaterPage(bytes, { ...options, page: at }, page);
    frames.push(...later.filter(({ raster }) => raster.width >= minSide && raster.height >= minSide));
  }
  return frames;
}

/** `metadata` must be that of this page: pages of a TIFF have their own sizes, profiles and colours. */
async function decodePage(bytes: Uint8Array, options: SharpOptions, metadata: Metadata, page: Page): Promise<Frame[]> {
  const { icc, space } = metadata;
  const size = reducedSize(metadata.autoOrient);
  const isGrey = space === 'b-w' || space === 'grey16';
  const decodeStored = () => decodePixels(bytes, { ...options, ignoreIcc: icc !== undefined }, isGrey, size);
  if (!icc || isPlainSrgb(icc)) return [{ variant: page, raster: await decodeStored() }];
  return [
    { variant: page, raster: await decodePixels(bytes, options, false, size) },
    { variant: page === 'full' ? 'unprofiled' : `${page}_unprofiled`, raster: await decodeStored() },
  ];
}

/** Skips a damaged page: a file with a broken end still shows its beginning, and that is already decoded. */
async function decodeLaterPage(bytes: Uint8Array, options: SharpOptions, page: LaterPage): Promise<Frame[]> {
  try {
    return await decodePage(bytes, options, await sharp(bytes, options).metadata(), page);
  } catch (error) {
    if (refusalOf(error) === 'too_many_pixels') throw error;
    return [];
  }
}

/** Frames of an animation within `maxPlayedPixels`. Pages of other formats decode independently, so all of them count. */
function playableFrames(format: DecodedFormat, { width, height, pages = 1 }: Metadata): number {
  const isPlayed = format === 'gif' || format === 'webp';
  return isPlayed ? Math.min(pages, Math.floor(maxPlayedPixels / (width * height))) : pages;
}

function laterPages(pages: number): Map<LaterPage, number> {
  const later = new Map<LaterPage, number>();
  if (pages > 2) later.set('frame_middle', pages >> 1);
  if (pages > 1) later.set('frame_last', pages - 1);
  return later;
}
