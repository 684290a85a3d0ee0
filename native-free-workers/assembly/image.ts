/**
 * The perceptual hashes of one image: PDQ of the whole and of any part, and blockhash, each in eight orientations.
 *
 * `../oracles/pdq.ts` explains PDQ. Up to 512 px per side, every float32 operation happens in the order of the C++ reference
 * (running sums included, no fused multiply-add), so hashes are equal bit for bit. `pdq/part-filter.ts` explains larger images
 * and parts.
 *
 * `reserve` returns where to write the pixels, `computeLuma` prepares them, then call any hash in any order.
 */

import { SIDE, blockOutput, blockSums, columns, luma, luma64, output, padded, rows } from './image/memory';
import { filterPart } from './pdq/part-filter';
import { writeBlockhashes } from './blockhash/bits';
import { sumBlocks } from './blockhash/sums';
import { writeHashes, writeUprightHash } from './pdq/bits';
import { jaroszFilter } from './pdq/jarosz-filter';
import { transform } from './pdq/dct';
import { quality } from './pdq/quality';
import { sampleTilted } from './pdq/tilted-sampler';

export { reserve } from './image/memory';
export { areSumsDegenerate, isLumaDegenerate } from './image/degenerate';
export { computeLuma } from './image/luma';

/** The reference stretches larger images. */
const UNSTRETCHED: i32 = 512;

export function pdqHashesAddress(): usize {
  return output;
}

export function blockhashesAddress(): usize {
  return blockOutput;
}

export function decimatedLumaAddress(): usize {
  return luma64;
}

export function blockSumsAddress(): usize {
  return blockSums;
}

export function lumaAddress(): usize {
  return luma;
}

export function lumaStride(): i32 {
  return padded(columns);
}

/** Returns the quality. */
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

/** `reduced`: the decoder shrank the image. `upright`: computes only the first hash. Returns the quality. */
export function hashPart(x: i32, y: i32, width: i32, height: i32, reduced: bool, upright: bool): i32 {
  memory.fill(output, 0, 8 * 32);
  if (width < 5 || height < 5) return 0;
  filterPart(x, y, width, height, x, y, x + width, y + height, reduced);
  transform();
  if (upright) writeUprightHash();
  else writeHashes();
  return quality();
}

/**
 * As `hashPart`, upright, of a part that reaches beyond the picture (`left` to before `right`, `top` to before `bottom`, inside the
 * image). The edge of the picture goes on outside it.
 */
export function hashExtended(
  x: i32,
  y: i32,
  width: i32,
  height: i32,
  left: i32,
  top: i32,
  right: i32,
  bottom: i32,
  reduced: bool,
): i32 {
  memory.fill(output, 0, 8 * 32);
  if (width < 5 || height < 5) return 0;
  filterPart(x, y, width, height, left, top, right, bottom, reduced);
  transform();
  writeUprightHash();
  return quality();
}

/** The upright hash of the picture seen through `sampleTilted`. */
export function hashTilted(x: f32, dx: f32, ex: f32, y: f32, dy: f32, ey: f32): i32 {
  memory.fill(output, 0, 8 * 32);
  sampleTilted(x, dx, ex, y, dy, ey);
  transform();
  writeUprightHash();
  return quality();
}

export function hashBlocks(channels: i32): void {
  sumBlocks(channels);
  writeBlockhashes();
}
