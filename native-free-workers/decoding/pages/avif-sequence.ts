/**
 * AVIF sequences. Browsers play the track; other viewers show the still picture beside it. Of the track, Vigie looks at the samples
 * that decode without others, each written as an AVIF of its own.
 */
import type { SharpOptions } from 'sharp';
import sharp from 'sharp';
import { avifOf } from '../../file-formats/avif-file.js';
import { type ImageSequence, readImageSequence } from '../../file-formats/image-sequence.js';
import { boxesOf, codingOf } from '../../file-formats/iso-media.js';
import type { ImageLimits } from '../../image-task.js';
import { refusalOf } from '../decoder-error.js';
import { framesByImportance } from '../frame-order.js';
import { RefusedImage } from '../refused-image.js';
import { type Page, type Pages, PixelBudget, pageOfFile } from './page.js';

/** @throws RefusedImage */
export function readAvifSequence(bytes: Uint8Array, limits: ImageLimits): Pages {
  const sequence = readImageSequence(bytes);
  if (!sequence || sequence.properties.length > 8) throw new RefusedImage('unsupported_format');
  const still = withoutFilm(bytes);
  const stills = codingOf(still) === 'av1' ? [still] : [];
  return { of: sequence.of + stills.length, pages: readAll(sequence, stills, limits) };
}

async function* readAll(sequence: ImageSequence, stills: readonly Uint8Array[], limits: ImageLimits): AsyncGenerator<Page> {
  const options: SharpOptions = { failOn: 'error', limitInputPixels: limits.maxPixels };
  const { samples, width, height, properties, of } = sequence;
  const budget = new PixelBudget(limits);
  const order = framesByImportance(samples.length).map((at) => samples[at]);
  for (const sample of order) {
    if (!sample) continue;
    if (!budget.take({ width, height })) break;
    yield pageOfFile(sample.page, avifOf(sample.data, width, height, properties), { width, height }, options);
  }
  for (const still of stills) yield* readStill(of, still, budget, options);
}

async function* readStill(page: number, still: Uint8Array, budget: PixelBudget, options: SharpOptions): AsyncGenerator<Page> {
  try {
    const { autoOrient } = await sharp(still, options).metadata();
    if (budget.take(autoOrient)) yield await pageOfFile(page, still, autoOrient, options);
  } catch (error) {
    // The track is already decoded.
    if (refusalOf(error) === 'too_many_pixels') throw error;
  }
}

/** The same file as an AVIF: no brand of a sequence, and each film renamed to free space. */
function withoutFilm(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.from(bytes);
  const brandsEnd = Math.min(copy.readUInt32BE(0), copy.length - 4);
  for (let at = 8; at < brandsEnd; at += 4) if (at !== 12) copy.write(at === 8 ? 'avif' : 'mif1', at, 'latin1');
  for (const { type, typeAt } of boxesOf(bytes)) if (type === 'moov') copy.write('free', typeAt, 'latin1');
  return copy;
}
