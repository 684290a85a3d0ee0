import type { Frame } from '../../hashing/frame.js';
import type { ImageLimits, OptionalFormat } from '../../image-task.js';
import { refusalOf } from '../decoder-error.js';
import { framesOf } from '../frames.js';
import type { Normalised, Refused } from '../normalised.js';
import { minSide } from '../reduced-size.js';
import { readAnimatedPng } from './animated-png.js';
import { readAvifSequence } from './avif-sequence.js';
import { readBmp } from './bmp.js';
import { readHeic } from './heic.js';
import { readIcon } from './icon.js';
import { readJpegXl } from './jpeg-xl.js';
import type { Page, ReadPages } from './page.js';

const readers: Readonly<Record<OptionalFormat, ReadPages>> = {
  apng: readAnimatedPng,
  avis: readAvifSequence,
  bmp: readBmp,
  heic: readHeic,
  ico: readIcon,
  jxl: readJpegXl,
};

/**
 * Decodes the formats that libvips does not read, or reads only in part.
 *
 * @throws RefusedImage if not even the first picture can be decoded. Later damage only sets `truncated`.
 */
export async function normalisePages(
  bytes: Uint8Array,
  format: OptionalFormat,
  limits: ImageLimits,
): Promise<Normalised | Refused> {
  const { of, pages } = await readers[format](bytes, limits);
  if (of > limits.maxFrames) return { unscannable: 'too_many_frames' };
  const { read, isDamaged } = await readWhatDecodes(pages);
  const [first] = read;
  if (!first) return { unscannable: 'truncated' };
  const { width, height } = first;
  if (width < minSide || height < minSide) return { unscannable: 'too_small' };
  const frames: Frame[] = read.flatMap(({ page, readings }, at) => framesOf(at === 0 ? 0 : Math.max(1, page), readings));
  const truncated = isDamaged || read.some((page) => page.isDamaged);
  const shown = { apng: 'png', avis: 'avif', bmp: 'bmp', heic: 'heic', ico: 'ico', jxl: 'jxl' } as const;
  return { frames, width, height, format: shown[format], looked: { looked: read.length, of }, truncated };
}

/** A damaged picture ends the search, because the ones before it are already decoded. */
async function readWhatDecodes(pages: AsyncIterable<Page>): Promise<{ read: Page[]; isDamaged: boolean }> {
  const read: Page[] = [];
  try {
    for await (const page of pages) read.push(page);
    return { read, isDamaged: false };
  } catch (error) {
    const refusal = refusalOf(error);
    if (read.length === 0 || refusal === 'too_many_pixels') throw error;
    return { read, isDamaged: true };
  }
}
