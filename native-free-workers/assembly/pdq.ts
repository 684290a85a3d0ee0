/**
 * PDQ, the perceptual hash of 256 bits by Meta (2019): the float32 kernel.
 *
 * Source: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (Facebook, 2019) and the behaviour of its C++
 * reference, told in `pdq/algorithm.md`. Parameters: 64x64 luma after a two-pass Jarosz box filter of window ceil(side / 128),
 * frequencies 1..16 of the DCT-II in both directions, one bit a frequency (above the median), quality from the 64x64 gradients.
 *
 * Deviations: none in values. Every float32 operation happens in the reference's order (running sums included, no fused multiply-add),
 * so that hashes are equal bit for bit. Only the schedule differs: SIMD lanes are four rows, or four columns, that do not depend on
 * each other, and the second filter pass divides only where the decimation reads. A resize above 512 px is the caller's business.
 *
 * Use: `reserve` gives where to write the pixels, `hash` answers the quality and leaves eight hashes of 32 bytes at `hashes()`.
 */

import { writeHashes } from './pdq/bits';
import { filter, readLuma64 } from './pdq/filter';
import { SIDE, output } from './pdq/memory';
import { quality, transform } from './pdq/transform';

export { reserve } from './pdq/memory';

/** Where the eight hashes are: 8 x 32 bytes in the order identity, rotations by 90, 180, 270, flips x, y, plus1, minus1. */
export function hashes(): usize {
  return output;
}

/**
 * Hashes the image written at `reserve(channels, columns, rows)`; `channels` is 1 (luma), 3 (RGB) or 4 (RGBX, X is not read).
 * Answers the quality, 0 to 100. Below 5 px a side: zero hashes, quality 0.
 */
export function hash(channels: i32, columns: i32, rows: i32): i32 {
  memory.fill(output, 0, 8 * 32);
  if (columns < 5 || rows < 5) return 0;
  if (columns == SIDE && rows == SIDE) readLuma64(channels);
  else filter(channels, columns, rows);
  transform();
  writeHashes();
  return quality();
}
