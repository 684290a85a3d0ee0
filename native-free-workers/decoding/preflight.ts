/** Checks before any decoder sees a file, in memory-safe code. */

import { codingOf } from '../file-formats/iso-media.js';
import { pngColour } from '../file-formats/png-colour.js';
import { sniff } from '../file-formats/sniff.js';
import { webpPixels } from '../file-formats/webp-size.js';
import type { DecodedFormat, ImageLimits, Refusal } from '../image-task.js';

export interface Preflight {
  readonly format: DecodedFormat;
  /** Gamma correction: the power for every sample. */
  readonly exponent: number | undefined;
}

const srgb = { exponent: undefined };

export function preflight(bytes: Uint8Array, limits: ImageLimits): Preflight | { readonly unscannable: Refusal } {
  const format = sniff(bytes);
  if (format === undefined) return { unscannable: 'not_an_image' };
  if (format === 'unsupported') return { unscannable: 'unsupported_format' };
  const coding = format === 'avif' ? codingOf(bytes) : 'av1';
  if (coding !== 'av1') return { unscannable: coding === 'other' ? 'unsupported_format' : 'truncated' };
  const colour = format === 'png' ? pngColour(bytes) : srgb;
  if (colour === 'unknown') return { unscannable: 'unsupported_format' };
  if (format === 'webp' && webpPixels(bytes) > limits.maxPixels) return { unscannable: 'too_many_pixels' };
  return { format, exponent: colour.exponent };
}
