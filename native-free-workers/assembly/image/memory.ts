export const SIDE: i32 = 64;
export const BITS: i32 = 16;
/** A reduced image of 1024 px needs 17 taps. */
export const TAPS: i32 = 24;
const FILTERED: i32 = 512;
/** Zero columns on both sides of a strip. */
export const MARGIN: i32 = 4;

// Static buffers, float32 unless said.
export const luma64: usize = memory.data(64 * 64 * 4 + 16, 16); // right neighbours are read four at a time
export const cosines: usize = memory.data(16 * 64 * 4, 16); // [frequency][sample]
export const cosinesTransposed: usize = memory.data(64 * 16 * 4, 16); // [sample][frequency]
export const halfTransformed: usize = memory.data(16 * 64 * 4, 16);
export const frequencies: usize = memory.data(16 * 16 * 4, 16); // [vertical][horizontal]
export const output: usize = memory.data(8 * 32, 16); // bytes, most significant first
export const blockOutput: usize = memory.data(8 * 32, 16);
export const blockSums: usize = memory.data(16 * 16 * 8, 16); // float64 [row][column]
export const rowSums: usize = memory.data(16 * 4, 16); // u32, blocks of one row of pixels
export const frequenciesTransposed: usize = memory.data(16 * 16 * 4, 16); // [horizontal][vertical]
export const grid: usize = memory.data(64 * 64 * 8, 16); // float64, the matrix of `degenerate.ts`

// Work areas, placed by `reserve`.
/** Tells cached rows of different images apart. */
export let imageNumber: u32 = 0;
export let columns: i32 = 0;
export let rows: i32 = 0;
export let pixels: usize = 0;
export let luma: usize = 0; // [row][stride]
export let decimatedRows: usize = 0; // [16][stride][4], four rows interleaved
export let fourRows: usize = 0; // [4][stride]
export let strip: usize = 0; // [column][8], eight rows interleaved
export let eightRows: usize = 0; // [8][stride]
export let filtered: usize = 0; // [16][stride], first row pass
export let sums: usize = 0; // [stride], first column pass
export let narrow: usize = 0; // [row][64], second row pass

// @ts-ignore: decorator
@inline
function aligned(size: u64): u64 {
  return (size + 15) & ~(<u64>15);
}

/** `part-filter.ts` reads 16 columns at a time. */
// @ts-ignore: decorator
@inline
export function padded(side: i32): i32 {
  return (side + 15) & ~15;
}

/** Returns where to write the `channels * width * height` bytes of an image, or 0 if it does not fit. */
export function reserve(channels: i32, width: i32, height: i32): usize {
  const stride = <u64>padded(width);
  const start = aligned(__heap_base);
  const lumaAt = start + aligned(<u64>channels * <u64>width * <u64>height);
  // 64 bytes more: the last read of 16 columns may begin anywhere in the last row.
  const decimatedAt = lumaAt + stride * <u64>height * 4 + 64;
  const fourRowsAt = decimatedAt + stride * SIDE * 4;
  const stripAt = fourRowsAt + stride * 16 + MARGIN * 32;
  const eightRowsAt = stripAt + (FILTERED + MARGIN) * 32;
  const filteredAt = eightRowsAt + FILTERED * 32;
  const sumsAt = filteredAt + FILTERED * 16 * 4;
  const narrowAt = sumsAt + FILTERED * 4;
  // Seven rows more: the last strip of eight may end below the image.
  const needed = (narrowAt + (FILTERED + 7) * SIDE * 4 + 0xffff) >> 16;
  if (needed > 0xffff) return 0;
  const missing = <i32>needed - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return 0;
  imageNumber++;
  columns = width;
  rows = height;
  pixels = <usize>start;
  luma = <usize>lumaAt;
  decimatedRows = <usize>decimatedAt;
  fourRows = <usize>fourRowsAt;
  strip = <usize>stripAt;
  eightRows = <usize>eightRowsAt;
  filtered = <usize>filteredAt;
  sums = <usize>sumsAt;
  narrow = <usize>narrowAt;
  return pixels;
}
