/**
 * The 16x16 block sums of blockhash (256 bits).
 *
 * Source: Yang, Gu, Niu, "Block Mean Value Based Image Perceptual Hashing" (2006), method 1, bit for bit as blockhash-core 0.1. A
 * pixel counts R + G + B, or 765 if alpha is 0. Block boundaries divide pixels at whole sixteenths, so sums times 256 are
 * integers, and from 16 px per side a rotated image has exactly the rotated sums. In smaller images a pixel counts for at most
 * two blocks per direction.
 */
import { blockSums, columns, pixels, rowSums, rows } from '../image/memory';

const BLOCKS: i32 = 16;
/** A vector loaded at 16 - n masks all but the first n bytes. */
const keep: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

export function sumBlocks(channels: i32): void {
  memory.fill(blockSums, 0, BLOCKS * BLOCKS * 8);
  const fast = channels != 4 && columns >= BLOCKS;
  for (let row = 0; row < rows; row++) {
    const from = pixels + <usize>row * <usize>columns * <usize>channels;
    if (fast) sumRow(channels, from);
    else shareRow(channels, from);
    const block = (row * BLOCKS) / rows;
    const beyond = beyondOf(row, rows);
    addRow(block, BLOCKS - beyond);
    if (beyond > 0) addRow(<i32>Math.ceil(<f64>(row * BLOCKS) / <f64>rows), beyond);
  }
}

/** Sixteenths of pixel `at` in the next block. */
// @ts-ignore: decorator
@inline
function beyondOf(at: i32, side: i32): i32 {
  const beyond = ((at + 1) * BLOCKS) % side;
  return beyond >= BLOCKS || at + 1 == side ? 0 : beyond;
}

// @ts-ignore: decorator
@inline
function addRow(block: i32, sixteenths: i32): void {
  const to = blockSums + <usize>block * BLOCKS * 8;
  for (let k: usize = 0; k < <usize>BLOCKS; k++) {
    store<f64>(to + k * 8, load<f64>(to + k * 8) + <f64>load<u32>(rowSums + k * 4) * <f64>sixteenths);
  }
}

function sumRow(channels: i32, from: usize): void {
  const factor = <u32>(channels == 1 ? 3 : 1);
  let carried: u32 = 0;
  let at: i32 = 0;
  for (let k = 1; k <= BLOCKS; k++) {
    const boundary = k * columns;
    const end = boundary >> 4;
    const sixteenths = <u32>(boundary & 15);
    let sum = carried + 16 * factor * sumBytes(from + <usize>(at * channels), from + <usize>(end * channels));
    carried = 0;
    at = end;
    if (sixteenths > 0) {
      const cut = factor * sumBytes(from + <usize>(end * channels), from + <usize>((end + 1) * channels));
      sum += sixteenths * cut;
      carried = (16 - sixteenths) * cut;
      at++;
    }
    store<u32>(rowSums + (k - 1) * 4, sum);
  }
}

/** Reads up to 15 bytes beyond `end`: luma follows the pixels. */
// @ts-ignore: decorator
@inline
function sumBytes(at: usize, end: usize): u32 {
  let sum = i32x4.splat(0);
  for (; at + 16 <= end; at += 16) sum = i32x4.add(sum, fours(v128.load(at)));
  if (at < end) sum = i32x4.add(sum, fours(v128.and(v128.load(at), v128.load(keep + 16 - (end - at)))));
  const pairs = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return <u32>(i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1));
}

// @ts-ignore: decorator
@inline
function fours(bytes: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes));
}

/** For RGBA, and for rows under 16 pixels. */
function shareRow(channels: i32, from: usize): void {
  memory.fill(rowSums, 0, BLOCKS * 4);
  for (let at = 0; at < columns; at++) {
    const value = valueAt(from + <usize>(at * channels), channels);
    const beyond = beyondOf(at, columns);
    addTo((at * BLOCKS) / columns, value * (BLOCKS - beyond));
    if (beyond > 0) addTo(<i32>Math.ceil(<f64>(at * BLOCKS) / <f64>columns), value * beyond);
  }
}

// @ts-ignore: decorator
@inline
function addTo(block: i32, value: u32): void {
  const at = rowSums + <usize>block * 4;
  store<u32>(at, load<u32>(at) + value);
}

// @ts-ignore: decorator
@inline
function valueAt(at: usize, channels: i32): u32 {
  if (channels == 1) return 3 * <u32>load<u8>(at);
  if (channels == 4 && load<u8>(at, 3) == 0) return 765;
  return <u32>load<u8>(at) + <u32>load<u8>(at, 1) + <u32>load<u8>(at, 2);
}
