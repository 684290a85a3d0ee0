import sharp, { type Metadata, type SharpOptions } from 'sharp';
import type { Frame } from '../hashing/frame.js';
import type { DecodedFormat, LookedFrames } from '../image-task.js';
import { playableFrames, playLaterFrames } from './animation.js';
import { refusalOf } from './decoder-error.js';
import { framesByImportance } from './frame-order.js';
import { readPage } from './page-readings.js';
import { joined, type Reading } from './readings.js';
import { minSide } from './reduced-size.js';

export interface LaterFrames {
  readonly frames: readonly Frame[];
  /** Including the first one. */
  readonly looked: LookedFrames;
}

/** Of all pages of a file whose pages decode independently. */
const maxDecodedPixels = 48_000_000;

export const isAnimated = (format: DecodedFormat): boolean => format === 'gif' || format === 'webp';

export async function firstFrames(bytes: Uint8Array, options: SharpOptions, metadata: Metadata): Promise<Frame[]> {
  return framesOf(0, await readPage(bytes, options, metadata));
}

export async function laterFrames(
  bytes: Uint8Array,
  options: SharpOptions,
  format: DecodedFormat,
  metadata: Metadata,
): Promise<LaterFrames> {
  const of = metadata.pages ?? 1;
  if (of === 1) return { frames: [], looked: { looked: 1, of } };
  if (!isAnimated(format)) return decodeLaterPages(bytes, options, of);
  const readings = await playLaterFrames(bytes, options, metadata);
  return {
    frames: readings.flatMap(({ page, ...reading }) => framesOf(page, [reading])),
    looked: { looked: playableFrames(metadata), of },
  };
}

/** Skips a damaged page, because the first one is already decoded. */
async function decodeLaterPages(bytes: Uint8Array, options: SharpOptions, of: number): Promise<LaterFrames> {
  const frames: Frame[] = [];
  let looked = 1;
  let pixels = 0;
  for (const page of framesByImportance(of).filter((at) => at > 0)) {
    try {
      const metadata = await sharp(bytes, { ...options, page }).metadata();
      pixels += metadata.width * metadata.height;
      if (pixels > maxDecodedPixels) break;
      if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') continue;
      frames.push(...framesOf(page, await readPage(bytes, { ...options, page }, metadata)));
      looked++;
    } catch (error) {
      if (refusalOf(error) === 'too_many_pixels') throw error;
    }
  }
  return { frames, looked: { looked, of } };
}

export function framesOf(page: number, readings: readonly Reading[]): Frame[] {
  return readings
    .filter(({ raster }) => page === 0 || (raster.width >= minSide && raster.height >= minSide))
    .map(({ manner, raster }) => ({ variant: joined(page === 0 ? '' : `frame_${page + 1}`, manner) || 'full', page, raster }));
}
