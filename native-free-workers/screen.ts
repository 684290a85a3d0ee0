/** What is settled about a file before any decoder sees it, in memory-safe code that looks at a few bytes. */
import type { DecodedFormat, ImageLimits, Refusal } from './image-result.js';
import { codingOf } from './iso-media.js';
import { isAnimatedPng } from './png-chunks.js';
import { sniff } from './sniff.js';
import { webpPixels } from './webp-size.js';

/** The one decoder that may be given the file, or why none may. */
export function screen(
  bytes: Uint8Array,
  limits: ImageLimits,
): { readonly format: DecodedFormat } | { readonly unscannable: Refusal } {
  const format = sniff(bytes);
  if (format === undefined) return { unscannable: 'not_an_image' };
  if (format === 'unsupported') return { unscannable: 'unsupported_format' };
  const coding = format === 'avif' ? codingOf(bytes) : 'av1';
  if (coding !== 'av1') return { unscannable: coding === 'other' ? 'unsupported_format' : 'truncated' };
  if (format === 'png' && isAnimatedPng(bytes)) return { unscannable: 'unsupported_format' };
  if (format === 'webp' && webpPixels(bytes) > limits.maxPixels) return { unscannable: 'too_many_pixels' };
  return { format };
}
