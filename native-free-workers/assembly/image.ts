/**
 * The perceptual hashes of one decoded image: PDQ of the whole and of any part of it, and blockhash, in eight orientations each.
 *
 * PDQ, by Meta (2019). Source: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (Facebook, 2019) and the behaviour
 * of its C++ reference, told in `pdq/algorithm.md`. Parameters: 64x64 luma after a two-pass Jarosz box filter of window ceil(side / 128),
 * frequencies 1..16 of the DCT-II in both directions, one bit a frequency (above the median), quality from the 64x64 gradients.
 * Up to 512 px a side every float32 operation of a whole image happens in the reference's order (running sums included, no fused
 * multiply-add), so that hashes are equal bit for bit; `image/filter-part.ts` says how larger images and parts are filtered.
 *
 * Blockhash: `blockhash/sums.ts`.
 *
 * Use: `reserve` gives where to write the pixels, `load` makes luma of them, once; then any hash, in any order, as often as wanted.
 */

import { SIDE, blockOutput, blockSums, columns, luma, luma64, output, padded, rows } from './image/memory';
import { filterPart } from './pdq/part-filter';
import { writeBlockhashes } from './blockhash/bits';
import { sumBlocks } from './blockhash/sums';
import { writeHashes, writeUprightHash } from './pdq/bits';
import { jaroszFilter } from './pdq/jarosz-filter';
import { transform } from './pdq/dct';
import { quality } from './pdq/quality';

export { reserve } from './image/memory';
export { areSumsDegenerate, isLumaDegenerate } from './image/degenerate';
export { computeLuma } from './image/luma';

/** The largest side of an image that the reference hashes without a stretch. */
const UNSTRETCHED: i32 = 512;

/** Where eight PDQ hashes are: 8 x 32 bytes in the order identity, rotations by 90, 180, 270, flips x, y, plus1, minus1. */
export function pdqHashesAddress(): usize {
  return output;
}

/** Where eight blockhashes are, laid out the same. */
export function blockhashesAddress(): usize {
  return blockOutput;
}

/** Where the 64x64 luma of the last PDQ hash is, float32. */
export function decimatedLumaAddress(): usize {
  return luma64;
}

/** Where the 16x16 block sums of the last blockhash are, float64: 256 times R + G + B of all pixels of a block. */
export function blockSumsAddress(): usize {
  return blockSums;
}

/** Where the luma of the loaded image is, float32, rows of `lumaStride()` values. */
export function lumaAddress(): usize {
  return luma;
}

export function lumaStride(): i32 {
  return padded(columns);
}

/** Hashes the whole image as the reference does: above 512 px it is stretched to 512x512. Answers the quality, 0 to 100. */
export function hashWhole(): i32 {
  if (columns > UNSTRETCHED || rows > UNSTRETCHED) return hashPart(0, 0, columns, rows, false, false);
  memory.fill(output, 0, 8 * 32);
  if (columns < 5 || rows < 5) return 0;
  if (columns == SIDE && rows == SIDE) memory.copy(luma64, luma, SIDE * SIDE * 4);
  else jaroszFilter();
  transform();
  writeHashes();
  return quality();
}

/**
 * Hashes a rectangle of the loaded image as if it were an image of its own; it must lie inside. `reduced`: the image is a smaller copy of what is
 * to be hashed; `upright`: only the first of its hashes is made, and the others are zero. Answers the quality. Below 5 px a side: zero hashes, quality 0.
 */
export function hashPart(x: i32, y: i32, width: i32, height: i32, reduced: bool, upright: bool): i32 {
  memory.fill(output, 0, 8 * 32);
  if (width < 5 || height < 5) return 0;
  filterPart(x, y, width, height, reduced);
  transform();
  if (upright) writeUprightHash();
  else writeHashes();
  return quality();
}

/** Blockhash of the pixels, `channels` as in `reserve`. */
export function hashBlocks(channels: i32): void {
  sumBlocks(channels);
  writeBlockhashes();
}
