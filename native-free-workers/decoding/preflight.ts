/** Checks before any decoder sees a file, in memory-safe code. */

import { type Coding, codingOf } from '../file-formats/iso-media.js';
import { type PngColour, pngColour } from '../file-formats/png-colour.js';
import { sniff } from '../file-formats/sniff.js';
import { hasPlainSamples } from '../file-formats/tiff-samples.js';
import { webpPixels } from '../file-formats/webp-size.js';
import { type DecodedFormat, type ImageLimits, type OptionalFormat, optionalFormats, type Refusal } from '../image-task.js';

export interface Preflight {
  readonly format: DecodedFormat;
  readonly colour: PngColour;
  /** Decoded by a reader in `pages/`. */
  readonly reader?: OptionalFormat | undefined;
}

const asStored: PngColour = { isAnimated: false };

export function preflight(bytes: Uint8Array, limits: ImageLimits): Preflight | { readonly unscannable: Refusal } {
  const format = sniff(bytes);
  if (format === undefined) return { unscannable: 'not_an_image' };
  if (format === 'unsupported') return { unscannable: 'unsupported_format' };
  const isOff = (name: string): boolean => limits.formatsOff?.some((off) => off === name) ?? false;
  if (isOff(format)) return { unscannable: 'unsupported_format' };
  const coding = format === 'avif' || format === 'heic' ? codingOf(bytes) : undefined;
  if (coding === 'nothing') return { unscannable: 'truncated' };
  if (coding && !allowedCodings[format === 'avif' ? 'avif' : 'heic'].includes(coding))
    return { unscannable: 'unsupported_format' };
  const colour = format === 'png' ? pngColour(bytes) : asStored;
  const reader = readerOf(format, colour.isAnimated, coding === 'sequence');
  if (reader) return isOff(reader) ? { unscannable: 'unsupported_format' } : { format, colour, reader };
  if (format === 'tiff' && !hasPlainSamples(bytes)) return { unscannable: 'unsupported_format' };
  if (format === 'webp' && webpPixels(bytes) > limits.maxPixels) return { unscannable: 'too_many_pixels' };
  return { format, colour };
}

const allowedCodings: Readonly<Record<'avif' | 'heic', readonly Coding[]>> = { avif: ['av1', 'sequence'], heic: ['hevc'] };

function readerOf(format: DecodedFormat, isAnimatedPng: boolean, isSequence: boolean): OptionalFormat | undefined {
  if (isAnimatedPng) return 'apng';
  return isSequence ? 'avis' : optionalFormats.find((optional) => optional === format);
}
