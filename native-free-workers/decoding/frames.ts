import sharp, { type Metadata, type SharpOptions } from 'sharp';
import { isPlainSrgb } from '../file-formats/srgb-profile.js';
import type { Raster } from '../hashing/raster.js';
import type { DecodedFormat } from '../image-task.js';
import { refusalOf } from './decoder-error.js';
import { decodePixels, minSide, reducedSize } from './pixels.js';

type LaterPage = 'frame_middle' | 'frame_last';
type Page = 'full' | LaterPage;

export interface Frame {
  /** `unprofiled`: the frame before it, without its ICC profile. */
  readonly variant: Page | 'unprofiled' | `${LaterPage}_unprofiled`;
  readonly raster: Raster;
}

/**
 * GIF and WebP draw each frame onto the one before, so the last frame costs all of them, and the middle one half again. One core
 * plays 100 to 350 million pixels per second, so this takes at most one second.
 */
const maxPlayedPixels = 48_000_000;

export function firstFrames(bytes: Uint8Array, options: SharpOptions, metadata: Metadata): Promise<Frame[]> {
  return decodePage(bytes, options, metadata, 'full');
}

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

/** Each page of a TIFF has its own `metadata`. */
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

/** Skips a damaged page, because the first one is already decoded. */
async function decodeLaterPage(bytes: Uint8Array, options: SharpOptions, page: LaterPage): Promise<Frame[]> {
  try {
    return await decodePage(bytes, options, await sharp(bytes, options).metadata(), page);
  } catch (error) {
    if (refusalOf(error) === 'too_many_pixels') throw error;
    return [];
  }
}

/** Pages of other formats decode independently. */
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
