import type { SharpOptions } from 'sharp';
import type { ImageLimits } from '../../image-task.js';
import type { Pixels } from '../flatten.js';
import { readPage } from '../page-readings.js';
import { reduced } from '../pixels.js';
import { type Reading, readingsOf } from '../readings.js';
import type { Size } from '../reduced-size.js';
import { RefusedImage } from '../refused-image.js';

/** One picture of a file as viewers show it. */
export interface Page extends Size {
  readonly page: number;
  /** Pixels are missing, because the file is cut or damaged. */
  readonly isDamaged: boolean;
  readonly readings: readonly Reading[];
}

/** The pictures of a file: frames, images of an icon, or only one. */
export interface Pages {
  /** How many there are, including those that nobody looks at. */
  readonly of: number;
  /** The one that viewers show first comes first. Ends when the budget is used up. @throws RefusedImage */
  readonly pages: AsyncIterable<Page>;
}

export type ReadPages = (bytes: Uint8Array, limits: ImageLimits) => Pages | Promise<Pages>;

/** Of all pictures of a file. */
const maxDecodedPixels = 48_000_000;

/** Pixels that may still be decoded. The first picture may use all of `maxPixels`. */
export class PixelBudget {
  #used = 0;

  constructor(readonly limits: ImageLimits) {}

  /** Call before decoding. @throws RefusedImage if the first picture is too large */
  take({ width, height }: Size): boolean {
    const pixels = width * height;
    const isFirst = this.#used === 0;
    if (isFirst && pixels > this.limits.maxPixels) throw new RefusedImage('too_many_pixels');
    this.#used += pixels;
    return isFirst || this.#used <= maxDecodedPixels;
  }
}

export async function pageOfPixels(page: number, pixels: Pixels, isDamaged = false): Promise<Page> {
  const { width, height } = pixels;
  return { page, width, height, isDamaged, readings: readingsOf('', await reduced(pixels)) };
}

/** A picture in a file format that libvips reads, already checked for its size. */
export async function pageOfFile(page: number, file: Uint8Array, { width, height }: Size, options: SharpOptions): Promise<Page> {
  return { page, width, height, isDamaged: false, readings: await readPage(file, options) };
}
