/**
 * The 64x64 luma of any part. PDQ's filter and decimation are linear and separable, so every sample is a weighted sum of a few
 * rows, then of a few columns. This costs a tenth of the box filter with its running sums, and differs only in float32 rounding
 * (0 bits over 181 photographs).
 *
 * Many of the about 40 parts of an image share their rows. So decimated rows are kept while `y` and the height stay the same.
 *
 * A part may reach beyond the picture. The taps outside then read the nearest edge, as if its pixels went on.
 */
import { SIDE, columns, decimatedRows, fourRows, imageNumber, luma, luma64, padded } from '../image/memory';
import { boxTaps, clampTaps, countOf, placesOf, tentTaps, weightsOf } from './filter-taps';
import { transpose4x4 } from '../image/transpose';

const STRETCHED: i32 = 512;
const MAX_REDUCED_SIDE: i32 = 1024;

const rowTaps: usize = memory.data((64 + 2 * 64 * 24) * 4, 16);
const columnTaps: usize = memory.data((64 + 2 * 64 * 24) * 4, 16);
const scratch: usize = memory.data(4 * 16 * 4, 16);

// What the taps were made for; `stretched` is 0 for a tent. `low` and `high`: the edges of the picture, seen from the part.
let rowSide: i32 = -1;
let rowStretched: i32 = -1;
let rowLow: i32 = 0;
let rowHigh: i32 = 0;
let columnSide: i32 = -1;
let columnStretched: i32 = -1;
let columnLow: i32 = 0;
let columnHigh: i32 = 0;
// What `decimatedRows` holds.
let rowsOfImage: u32 = 0;
let rowsFrom: i32 = 0;
let readyFrom: i32 = 0;
let readyTo: i32 = 0;

/** The picture is inside the image: columns from `left` to before `right`, rows from `top` to before `bottom`. */
export function filterPart(
  x: i32,
  y: i32,
  width: i32,
  height: i32,
  left: i32,
  top: i32,
  right: i32,
  bottom: i32,
  reduced: bool,
): void {
  const isLarge = width > STRETCHED || height > STRETCHED;
  const smooth = reduced && width <= MAX_REDUCED_SIDE && height <= MAX_REDUCED_SIDE;
  const isOther = needRowTaps(height, smooth ? 0 : isLarge ? STRETCHED : height, top - y, bottom - 1 - y);
  needColumnTaps(width, smooth ? 0 : isLarge ? STRETCHED : width, left - x, right - 1 - x);
  if (isOther || rowsOfImage != imageNumber || rowsFrom != y) readyTo = readyFrom = 0;
  rowsOfImage = imageNumber;
  rowsFrom = y;
  needColumns(max(x, left) & ~15, (min(x + width, right) + 15) & ~15);
  const pitch = <usize>padded(columns) * 16;
  for (let group: usize = 0; group < <usize>SIDE / 4; group += 4) {
    const from = decimatedRows + group * pitch + <usize>x * 16;
    for (let k = 0; k < SIDE; k += 4) weighColumns(k, from, pitch, luma64 + (group * 4 * SIDE + k) * 4);
  }
}

/** Returns whether the taps changed. */
function needRowTaps(side: i32, stretched: i32, edgeBefore: i32, edgeAfter: i32): bool {
  const low = max(0, edgeBefore);
  const high = min(side - 1, edgeAfter);
  if (rowSide == side && rowStretched == stretched && rowLow == low && rowHigh == high) return false;
  fillTaps(rowTaps, side, stretched, low, high);
  rowSide = side;
  rowStretched = stretched;
  rowLow = low;
  rowHigh = high;
  return true;
}

function needColumnTaps(side: i32, stretched: i32, edgeBefore: i32, edgeAfter: i32): void {
  const low = max(0, edgeBefore);
  const high = min(side - 1, edgeAfter);
  if (columnSide == side && columnStretched == stretched && columnLow == low && columnHigh == high) return;
  fillTaps(columnTaps, side, stretched, low, high);
  columnSide = side;
  columnStretched = stretched;
  columnLow = low;
  columnHigh = high;
}

function fillTaps(taps: usize, side: i32, stretched: i32, low: i32, high: i32): void {
  if (stretched == 0) tentTaps(taps, side);
  else boxTaps(taps, side, stretched);
  if (low > 0 || high < side - 1) clampTaps(taps, low, high);
}

/** Adds columns so that the kept range includes `from` to before `to`, multiples of 16. */
function needColumns(from: i32, to: i32): void {
  if (readyTo == readyFrom) {
    decimate(from, to);
    readyFrom = from;
    readyTo = to;
    return;
  }
  if (from < readyFrom) {
    decimate(from, readyFrom);
    readyFrom = from;
  }
  if (to > readyTo) {
    decimate(readyTo, to);
    readyTo = to;
  }
}

/** Four rows are interleaved, so that a vector is a column. Row by row: with 1920 px, blocks of 16 columns took twice as long. */
function decimate(from: i32, to: i32): void {
  const pitch = <usize>padded(columns) * 4;
  const first = luma + <usize>rowsFrom * pitch;
  for (let k = 0; k < SIDE; k += 4) {
    for (let row = 0; row < 4; row++) {
      const four = fourRows + <usize>row * pitch;
      for (let at = <usize>from * 4; at < <usize>to * 4; at += 64) weigh(rowTaps, k + row, first + at, pitch, 16, four + at);
    }
    const group = decimatedRows + <usize>k * pitch;
    for (let at = <usize>from * 4; at < <usize>to * 4; at += 16) transpose4x4(fourRows + at, pitch, group + at * 4, 16);
  }
}

function weighColumns(k: i32, from: usize, pitch: usize, to: usize): void {
  for (let column = 0; column < 4; column++) weigh(columnTaps, k + column, from, 16, pitch, scratch + column * 64);
  for (let quad: usize = 0; quad < 4; quad++) transpose4x4(scratch + quad * 16, 64, to + quad * 4 * SIDE * 4, SIDE * 4);
}

/** Four vectors, `apart` bytes from each other, so that each weight is read once. */
// @ts-ignore: decorator
@inline
function weigh(taps: usize, k: i32, from: usize, pitch: usize, apart: usize, to: usize): void {
  const places = placesOf(taps, k);
  const weights = weightsOf(taps, k);
  const end = <usize>countOf(taps, k) << 2;
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (let tap: usize = 0; tap < end; tap += 4) {
    const at = from + <usize>load<i32>(places + tap) * pitch;
    const weight = v128.load_splat<f32>(weights + tap);
    a = f32x4.add(a, f32x4.mul(weight, v128.load(at)));
    b = f32x4.add(b, f32x4.mul(weight, v128.load(at + apart)));
    c = f32x4.add(c, f32x4.mul(weight, v128.load(at + 2 * apart)));
    d = f32x4.add(d, f32x4.mul(weight, v128.load(at + 3 * apart)));
  }
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}
