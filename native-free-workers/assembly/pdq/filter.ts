/** The two-pass Jarosz box filter and the decimation to 64x64 of a whole image of up to 512 px a side, in the reference's order. */
import { SIDE, columns, filtered, luma, luma64, narrow, padded, rows, strip, sums } from '../image/memory';

/**
 * Luma of rows `row` to `row + 3` into the strip, 4x4 samples a turn, turned so that a vector is a column. Rows below the last repeat it,
 * which is computed only because a strip is four rows, and never read.
 */
function readStrip(row: i32): void {
  const pitch = <usize>padded(columns) * 4;
  const first = luma + <usize>row * pitch;
  const second = row + 1 < rows ? first + pitch : first;
  const third = row + 2 < rows ? second + pitch : second;
  const fourth = row + 3 < rows ? third + pitch : third;
  let to = strip;
  for (let at: usize = 0; at < <usize>columns * 4; at += 16, to += 64) {
    const a = v128.load(first + at);
    const b = v128.load(second + at);
    const c = v128.load(third + at);
    const d = v128.load(fourth + at);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(to, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7), 16);
    const abNext = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cdNext = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(abNext, cdNext, 0, 1, 4, 5), 32);
    v128.store(to, v128.shuffle<f32>(abNext, cdNext, 2, 3, 6, 7), 48);
  }
}

/** Samples the running box sum is ahead of its output; the reference's half window less one. Even windows lean one to the right. */
// @ts-ignore: decorator
@inline
function leadOf(window: i32): i32 {
  return ((window + 2) >> 1) - 1;
}

// @ts-ignore: decorator
@inline
function windowOf(side: i32): i32 {
  return (side + 127) >> 7;
}

/** The source sample of decimated sample k: trunc((k + 0.5) * side / 64), exact in integers. */
// @ts-ignore: decorator
@inline
function sampleOf(k: i32, side: i32): i32 {
  return <i32>((<u64>(2 * k + 1) * <u64>side) >> 7);
}

/**
 * Two passes of box filter along rows then columns, and decimation, in one sweep down the image a strip of four rows at a time. SIMD lanes are
 * four rows, or four columns, that do not depend on each other, and the second pass divides only where the decimation reads.
 */
export function filter(): void {
  const stride = padded(columns);
  for (let row = 0; row < rows; row += 4) {
    readStrip(row);
    boxRows(filtered + <usize>row * stride * 4, stride);
  }
  const window = windowOf(rows);
  const lead = leadOf(window);
  memory.fill(sums, 0, <usize>stride * 4);
  for (let row = 0; row < lead; row++) addRow(row, stride);
  for (let row = 0; row < rows; row++) {
    boxColumns(row, window, lead, stride);
    if ((row & 3) == 3 || row == rows - 1) boxRowsDecimated(narrow + <usize>(row & ~3) * SIDE * 4);
  }
  for (let column = 0; column < SIDE; column += 4) boxColumnsDecimated(column);
}

/** First row pass: the strip's four rows, every sample, to four rows at `to`. Division by the samples in the window, as at borders. */
function boxRows(to: usize, stride: i32): void {
  const lead = leadOf(windowOf(columns));
  const lag = windowOf(columns) - lead;
  const pitch = <usize>stride * 4;
  let sum = f32x4.splat(0);
  for (let at = 0; at < lead; at++) sum = f32x4.add(sum, v128.load(strip + (<usize>at << 4)));
  let size = lead;
  for (let at = 0; at < columns; at++, to += 4) {
    if (at + lead < columns) {
      sum = f32x4.add(sum, v128.load(strip + (<usize>(at + lead) << 4)));
      size++;
    }
    if (at >= lag) {
      sum = f32x4.sub(sum, v128.load(strip + (<usize>(at - lag) << 4)));
      size--;
    }
    const mean = f32x4.div(sum, f32x4.splat(<f32>size));
    storeLanes(mean, to, pitch);
  }
}

/** Second row pass: the same running sums, but a mean only where the decimation reads, to four rows of 64 at `to`. */
function boxRowsDecimated(to: usize): void {
  const lead = leadOf(windowOf(columns));
  const lag = windowOf(columns) - lead;
  let sum = f32x4.splat(0);
  for (let at = 0; at < lead; at++) sum = f32x4.add(sum, v128.load(strip + (<usize>at << 4)));
  let size = lead;
  let k = 0;
  for (let at = 0; at < columns; at++) {
    if (at + lead < columns) {
      sum = f32x4.add(sum, v128.load(strip + (<usize>(at + lead) << 4)));
      size++;
    }
    if (at >= lag) {
      sum = f32x4.sub(sum, v128.load(strip + (<usize>(at - lag) << 4)));
      size--;
    }
    // Below 64 columns one sample serves several outputs.
    for (; k < SIDE && sampleOf(k, columns) == at; k++) {
      storeLanes(f32x4.div(sum, f32x4.splat(<f32>size)), to + <usize>k * 4, SIDE * 4);
    }
  }
}

/** Writes the four lanes one below the other, `pitch` bytes apart. */
// @ts-ignore: decorator
@inline
function storeLanes(value: v128, to: usize, pitch: usize): void {
  store<f32>(to, f32x4.extract_lane(value, 0));
  store<f32>(to + pitch, f32x4.extract_lane(value, 1));
  store<f32>(to + 2 * pitch, f32x4.extract_lane(value, 2));
  store<f32>(to + 3 * pitch, f32x4.extract_lane(value, 3));
}

function addRow(row: i32, stride: i32): void {
  const from = filtered + <usize>row * stride * 4;
  for (let at: usize = 0; at < <usize>stride * 4; at += 16) {
    v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(from + at)));
  }
}

/** First column pass: one output row, all columns in step, into lane `row & 3` of the strip. Padding columns carry no meaning. */
function boxColumns(row: i32, window: i32, lead: i32, stride: i32): void {
  const lag = window - lead;
  const enters = row + lead < rows;
  const leaves = row >= lag;
  const first = filtered + <usize>(row + lead) * stride * 4;
  const last = filtered + <usize>(row - lag) * stride * 4;
  const size = f32x4.splat(<f32>(min(row + lead, rows - 1) - max(row - lag, -1)));
  let to = strip + <usize>(row & 3) * 4;
  for (let at: usize = 0; at < <usize>stride * 4; at += 16, to += 64) {
    let sum = v128.load(sums + at);
    if (enters) sum = f32x4.add(sum, v128.load(first + at));
    if (leaves) sum = f32x4.sub(sum, v128.load(last + at));
    v128.store(sums + at, sum);
    storeLanes(f32x4.div(sum, size), to, 16);
  }
}

/** Second column pass: four of the 64 columns down the whole image, a mean only in the 64 rows the decimation reads. */
function boxColumnsDecimated(column: i32): void {
  const window = windowOf(rows);
  const lead = leadOf(window);
  const lag = window - lead;
  const from = narrow + column * 4;
  let sum = f32x4.splat(0);
  for (let row = 0; row < lead; row++) sum = f32x4.add(sum, v128.load(from + <usize>row * SIDE * 4));
  let size = lead;
  let k = 0;
  for (let row = 0; row < rows; row++) {
    if (row + lead < rows) {
      sum = f32x4.add(sum, v128.load(from + <usize>(row + lead) * SIDE * 4));
      size++;
    }
    if (row >= lag) {
      sum = f32x4.sub(sum, v128.load(from + <usize>(row - lag) * SIDE * 4));
      size--;
    }
    for (; k < SIDE && sampleOf(k, rows) == row; k++) {
      v128.store(luma64 + (k * SIDE + column) * 4, f32x4.div(sum, f32x4.splat(<f32>size)));
    }
  }
}
