/** Where the PDQ kernel keeps what: static buffers below `__heap_base`, work areas sized to the image above it. */

/** Samples a side of the decimated luma, and frequencies a side of the hash. */
export const SIDE: i32 = 64;
export const BITS: i32 = 16;

// Static buffers, float32 unless said.
export const luma64: usize = memory.data(64 * 64 * 4, 16);
export const cosines: usize = memory.data(16 * 64 * 4, 16); // [frequency][sample]
export const cosinesTransposed: usize = memory.data(64 * 16 * 4, 16); // [sample][frequency]
export const halfTransformed: usize = memory.data(16 * 64 * 4, 16);
export const frequencies: usize = memory.data(16 * 16 * 4, 16); // [vertical][horizontal]
export const output: usize = memory.data(8 * 32, 16); // bytes, most significant first

// Work areas above the static data, placed by `reserve`.
export let pixels: usize = 0;
export let strip: usize = 0; // four rows interleaved: [column][4], so that one vector is one column of four rows
export let filtered: usize = 0; // first row pass: [row][stride]
export let sums: usize = 0; // running sums of the first column pass: [stride]
export let narrow: usize = 0; // second row pass, decimated columns only: [row][64]

// @ts-ignore: decorator
@inline
function aligned(size: u64): u64 {
  return (size + 15) & ~(<u64>15);
}

// @ts-ignore: decorator
@inline
export function padded(side: i32): i32 {
  return (side + 3) & ~3;
}

/** Makes room for an image and answers where its `channels * columns * rows` bytes go; 0 when memory cannot grow that far. */
export function reserve(channels: i32, columns: i32, rows: i32): usize {
  const stride = <u64>padded(columns);
  const height = <u64>padded(rows);
  const start = aligned(__heap_base);
  const stripAt = start + aligned(<u64>channels * <u64>columns * <u64>rows);
  const filteredAt = stripAt + stride * 16;
  const sumsAt = filteredAt + stride * height * 4;
  const narrowAt = sumsAt + stride * 4;
  const needed = (narrowAt + height * SIDE * 4 + 0xffff) >> 16;
  if (needed > 0xffff) return 0;
  const missing = <i32>needed - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) return 0;
  pixels = <usize>start;
  strip = <usize>stripAt;
  filtered = <usize>filteredAt;
  sums = <usize>sumsAt;
  narrow = <usize>narrowAt;
  return pixels;
}
