/** PDQ's filter and decimation of a whole image of up to 512 px per side. */
import { MARGIN, SIDE, columns, eightRows, filtered, luma, luma64, narrow, padded, rows, strip, sums } from '../image/memory';
import { storeTransposed, transpose4x4 } from '../image/transpose';

/** Eight rows: with four, the running sums would wait for their own additions. */
const STRIP: i32 = 8;

/** How far the running sum is ahead of its output. Even windows lean right by one. */
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

// @ts-ignore: decorator
@inline
function sampleOf(k: i32, side: i32): i32 {
  return <i32>((<u64>(2 * k + 1) * <u64>side) >> 7);
}

/** One sweep, eight rows at a time, so that each pass finds its input in the cache. */
export function jaroszFilter(): void {
  const pitch = <usize>padded(columns) * 4;
  const window = windowOf(rows);
  const lead = leadOf(window);
  memory.fill(strip - MARGIN * 32, 0, MARGIN * 32);
  memory.fill(sums, 0, pitch);
  let row = 0;
  for (let first = 0; first < rows; first += STRIP) {
    readStrip(luma + <usize>first * pitch, rows - first, pitch);
    boxRows(filteredRow(first, pitch), pitch);
    if (first == 0) for (let k = 0; k < lead; k++) addRow(k, pitch);
    const end = first + STRIP < rows ? first + STRIP - lead : rows;
    for (; row < end; row++) {
      boxColumns(row, window, lead, pitch);
      if ((row & (STRIP - 1)) < STRIP - 1 && row < rows - 1) continue;
      readStrip(eightRows, STRIP, pitch);
      boxRowsDecimated(narrow + <usize>(row & ~(STRIP - 1)) * SIDE * 4);
    }
  }
  for (let column = 0; column < SIDE; column += 8) boxColumnsDecimated(column);
}

// @ts-ignore: decorator
@inline
function filteredRow(row: i32, pitch: usize): usize {
  return filtered + <usize>(row & (2 * STRIP - 1)) * pitch;
}

/**
 * If fewer than eight rows are `left`, the last one is repeated and its results are never read. Zeros on both sides spare the
 * windows a border check.
 */
function readStrip(first: usize, left: i32, pitch: usize): void {
  for (let half: i32 = 0; half < STRIP; half += 4) {
    const a = first + <usize>min(half, left - 1) * pitch;
    const b = first + <usize>min(half + 1, left - 1) * pitch;
    const c = first + <usize>min(half + 2, left - 1) * pitch;
    const d = first + <usize>min(half + 3, left - 1) * pitch;
    let to = strip + half * 4;
    for (let at: usize = 0; at < <usize>columns * 4; at += 16, to += 128) {
      storeTransposed(v128.load(a + at), v128.load(b + at), v128.load(c + at), v128.load(d + at), to, 32);
    }
  }
  memory.fill(strip + (columns << 5), 0, MARGIN * 32);
}

/** Multiplication is exact for a power of two, and three times as fast as division. */
// @ts-ignore: decorator
@inline
function mean(sum: v128, size: i32, window: i32): v128 {
  if (size == window && (window & (window - 1)) == 0) return f32x4.mul(sum, f32x4.splat(window == 4 ? 0.25 : window == 2 ? 0.5 : 1));
  return f32x4.div(sum, f32x4.splat(<f32>size));
}

// @ts-ignore: decorator
@inline
function sizeAt(at: i32, side: i32, lead: i32, lag: i32): i32 {
  return min(at + lead, side - 1) - max(at - lag, -1);
}

function boxRows(to: usize, pitch: usize): void {
  const window = windowOf(columns);
  const lead = leadOf(window);
  const lag = window - lead;
  let upper = f32x4.splat(0);
  let lower = f32x4.splat(0);
  for (let at = 0; at < lead; at++) {
    upper = f32x4.add(upper, v128.load(strip + (at << 5)));
    lower = f32x4.add(lower, v128.load(strip + (at << 5), 16));
  }
  for (let at = 0; at < columns; at++) {
    const enters = strip + ((at + lead) << 5);
    const leaves = strip + ((at - lag) << 5);
    upper = f32x4.sub(f32x4.add(upper, v128.load(enters)), v128.load(leaves));
    lower = f32x4.sub(f32x4.add(lower, v128.load(enters, 16)), v128.load(leaves, 16));
    const size = sizeAt(at, columns, lead, lag);
    const four = means + ((at & 3) << 5);
    v128.store(four, mean(upper, size, window));
    v128.store(four, mean(lower, size, window), 16);
    if ((at & 3) < 3 && at < columns - 1) continue;
    const place = to + <usize>(at & ~3) * 4;
    transpose4x4(means, 32, place, pitch);
    transpose4x4(means + 16, 32, place + 4 * pitch, pitch);
  }
}

const means: usize = memory.data(4 * 8 * 4, 16);

function boxRowsDecimated(to: usize): void {
  const window = windowOf(columns);
  const lead = leadOf(window);
  const lag = window - lead;
  let upper = f32x4.splat(0);
  let lower = f32x4.splat(0);
  for (let at = 0; at < lead; at++) {
    upper = f32x4.add(upper, v128.load(strip + (at << 5)));
    lower = f32x4.add(lower, v128.load(strip + (at << 5), 16));
  }
  let k = 0;
  let next = sampleOf(0, columns);
  for (let at = 0; at < columns; at++) {
    const enters = strip + ((at + lead) << 5);
    const leaves = strip + ((at - lag) << 5);
    upper = f32x4.sub(f32x4.add(upper, v128.load(enters)), v128.load(leaves));
    lower = f32x4.sub(f32x4.add(lower, v128.load(enters, 16)), v128.load(leaves, 16));
    // Below 64 columns one sample serves several outputs.
    for (; k < SIDE && next == at; next = sampleOf(++k, columns)) {
      const size = sizeAt(at, columns, lead, lag);
      storeLanes(mean(upper, size, window), to + <usize>k * 4, SIDE * 4);
      storeLanes(mean(lower, size, window), to + <usize>(4 * SIDE + k) * 4, SIDE * 4);
    }
  }
}

// @ts-ignore: decorator
@inline
function storeLanes(value: v128, to: usize, pitch: usize): void {
  v128.store_lane<f32>(to, value, 0);
  v128.store_lane<f32>(to + pitch, value, 1);
  v128.store_lane<f32>(to + 2 * pitch, value, 2);
  v128.store_lane<f32>(to + 3 * pitch, value, 3);
}

function addRow(row: i32, pitch: usize): void {
  const from = filteredRow(row, pitch);
  for (let at: usize = 0; at < pitch; at += 16) {
    v128.store(sums + at, f32x4.add(v128.load(sums + at), v128.load(from + at)));
  }
}

function boxColumns(row: i32, window: i32, lead: i32, pitch: usize): void {
  const lag = window - lead;
  const enters = row + lead < rows ? filteredRow(row + lead, pitch) : zeros;
  const leaves = row >= lag ? filteredRow(row - lag, pitch) : zeros;
  const size = sizeAt(row, rows, lead, lag);
  const to = eightRows + <usize>(row & (STRIP - 1)) * pitch;
  for (let at: usize = 0; at < pitch; at += 16) {
    const sum = f32x4.sub(f32x4.add(v128.load(sums + at), v128.load(enters + at)), v128.load(leaves + at));
    v128.store(sums + at, sum);
    v128.store(to + at, mean(sum, size, window));
  }
}

const zeros: usize = memory.data(512 * 4, 16);

function boxColumnsDecimated(column: i32): void {
  const window = windowOf(rows);
  const lead = leadOf(window);
  const lag = window - lead;
  const from = narrow + column * 4;
  let left = f32x4.splat(0);
  let right = f32x4.splat(0);
  for (let row = 0; row < lead; row++) {
    left = f32x4.add(left, v128.load(from + <usize>row * SIDE * 4));
    right = f32x4.add(right, v128.load(from + <usize>row * SIDE * 4, 16));
  }
  let size = lead;
  let k = 0;
  for (let row = 0; row < rows; row++) {
    if (row + lead < rows) {
      const enters = from + <usize>(row + lead) * SIDE * 4;
      left = f32x4.add(left, v128.load(enters));
      right = f32x4.add(right, v128.load(enters, 16));
      size++;
    }
    if (row >= lag) {
      const leaves = from + <usize>(row - lag) * SIDE * 4;
      left = f32x4.sub(left, v128.load(leaves));
      right = f32x4.sub(right, v128.load(leaves, 16));
      size--;
    }
    for (; k < SIDE && sampleOf(k, rows) == row; k++) {
      const to = luma64 + (k * SIDE + column) * 4;
      v128.store(to, mean(left, size, window));
      v128.store(to, mean(right, size, window), 16);
    }
  }
}
