/** Checks before any decoder sees a file, in memory-safe code. */

import { codingOf } from '../file-formats/iso-media.js';
import { type PngColour, pngColour } from '../file-formats/png-colour.js';
import { sniff } from '../file-formats/sniff.js';
import { hasPlainSamples } from '../file-formats/tiff-samples.js';
import { webpPixels } from '../file-formats/webp-size.js';
import type { DecodedFormat, ImageLimits, Refusal } from '../image-task.js';

export interface Preflight {
  readonly format: DecodedFormat;
  readonly colour: PngColour;
}

const asStored: PngColour = { isAnimated: false };

export function preflight(bytes: Uint8Array, limits: ImageLimits): Preflight | { readonly unscannable: Refusal } {
  const format = sniff(bytes);
  if (format === undefined) return { unscannable: 'not_an_image' };
  if (format === 'unsupported') return { unscannable: 'unsupported_format' };
  const coding = format === 'avif' ? codingOf(bytes) : 'av1';
  if (coding !== 'av1') return { unscannable: coding === 'other' ? 'unsupported_format' : 'truncated' };
  const colour = format === 'png' ? pngColour(bytes) : asStored;
  if (colour.isAnimated) return { unscannable: 'unsupported_format' };
  if (format === 'tiff' && !hasPlainSamples(bytes)) return { unscannable: 'unsupported_format' };
  if (format === 'webp' && webpPixels(bytes) > limits.maxPixels) return { unscannable: 'too_many_pixels' };
  return { format, colour };
}
