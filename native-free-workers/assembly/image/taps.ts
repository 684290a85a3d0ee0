/**
 * From any part of the luma straight to 64x64, without an image in between: filter and decimation of PDQ are linear and separable, so every
 * decimated sample is a weighted sum of a few rows, then of a few columns. It costs about one multiplication a pixel, a tenth of the
 * box filter with its running sums, and differs from it only by the rounding of float32 (0 bits over 181 photographs).
 *
 * - As the reference: a part of up to 512 px a side is filtered as it is; otherwise both sides are stretched to 512 by nearest neighbour.
 * - Reduced images, which the decoder made smaller, have lost the pixels that nearest neighbour takes. For them the weights are a tent of
 *   3.75 / 512 of the side to each side, which is what two boxes of 4 make of it, 0.75 / 512 right of the middle: even windows lean to the
 *   right, by more in the C++ tool than in implementations without a stretch, and this is between (`normalise.ts` has the figures).
 */
import { SIDE, TAPS, decimatedRows, luma, luma64, padded, columns, tapCounts, tapPlaces, tapWeights } from './memory';

const STRETCHED: i32 = 512;
const REACH: f64 = 3.75;
const LEAN: f64 = 0.75;
/** The largest side of a reduced image: its tents have 17 taps. */
const MOST_REDUCED: i32 = 1024;

/** Luma of the rectangle, filtered and decimated, into `luma64`. */
export function filterPart(x: i32, y: i32, width: i32, height: i32, reduced: bool): void {
  const isLarge = width > STRETCHED || height > STRETCHED;
  const smooth = reduced && width <= MOST_REDUCED && height <= MOST_REDUCED;
  fillTaps(height, isLarge ? STRETCHED : height, smooth);
  const stride = <usize>padded(columns) * 4;
  const first = luma + <usize>y * stride + <usize>x * 4;
  for (let k = 0; k < SIDE; k++) weighRows(k, first, stride, width);
  fillTaps(width, isLarge ? STRETCHED : width, smooth);
  for (let k = 0; k < SIDE; k++) weighColumns(k, stride);
}

function fillTaps(side: i32, stretched: i32, smooth: bool): void {
  for (let k = 0; k < SIDE; k++) {
    if (smooth) tentTaps(k, side);
    else boxTaps(k, side, stretched);
  }
}

// @ts-ignore: decorator
@inline
function addTap(k: i32, place: i32, weight: f64): void {
  const count = load<i32>(tapCounts + k * 4);
  store<i32>(tapPlaces + (k * TAPS + count) * 4, place);
  store<f32>(tapWeights + (k * TAPS + count) * 4, <f32>weight);
  store<i32>(tapCounts + k * 4, count + 1);
}

/** Two box filters of window ceil(stretched / 128), each a mean over what of its window is inside, sampled as the reference does. */
function boxTaps(k: i32, side: i32, stretched: i32): void {
  store<i32>(tapCounts + k * 4, 0);
  const window = (stretched + 127) >> 7;
  const lead = ((window + 2) >> 1) - 1;
  const lag = window - lead;
  const last = stretched - 1;
  const sample = ((2 * k + 1) * stretched) >> 7;
  const from = max(0, sample - lag + 1);
  const to = min(last, sample + lead);
  for (let at = max(0, from - lag + 1); at <= min(last, to + lead); at++) {
    let weight: f64 = 0;
    for (let middle = from; middle <= to; middle++) {
      const first = max(0, middle - lag + 1);
      const end = min(last, middle + lead);
      if (at >= first && at <= end) weight += 1.0 / <f64>((to - from + 1) * (end - first + 1));
    }
    addTap(k, stretched == side ? at : <i32>((<i64>at * side) / stretched), weight);
  }
}

/** The share of a tent that each pixel lies under; at the border, of what of the tent is inside. */
function tentTaps(k: i32, side: i32): void {
  store<i32>(tapCounts + k * 4, 0);
  const scale = <f64>side / <f64>STRETCHED;
  const middle = (<f64>(8 * k + 4) + LEAN) * scale;
  const reach = REACH * scale;
  const from = max(0, <i32>Math.floor(middle - reach));
  const to = min(side - 1, <i32>Math.ceil(middle + reach) - 1);
  const inside = under(<f64>(to + 1) - middle, reach) - under(<f64>from - middle, reach);
  for (let at = from; at <= to; at++) {
    addTap(k, at, (under(<f64>(at + 1) - middle, reach) - under(<f64>at - middle, reach)) / inside);
  }
}

/** Area of a tent of half width `reach` left of `at`, of 1. */
// @ts-ignore: decorator
@inline
function under(at: f64, reach: f64): f64 {
  const inside = max(-reach, min(reach, at)) / reach;
  return inside < 0 ? ((inside + 1) * (inside + 1)) / 2 : 1 - ((1 - inside) * (1 - inside)) / 2;
}

/** Decimated row k: 16 columns a turn, so that a weight is read once for four vectors. */
function weighRows(k: i32, first: usize, stride: usize, width: i32): void {
  const count = <usize>load<i32>(tapCounts + k * 4);
  const places = tapPlaces + k * TAPS * 4;
  const weights = tapWeights + k * TAPS * 4;
  const to = decimatedRows + <usize>k * stride;
  for (let at: usize = 0; at < <usize>width * 4; at += 64) {
    let a = f32x4.splat(0);
    let b = f32x4.splat(0);
    let c = f32x4.splat(0);
    let d = f32x4.splat(0);
    for (let tap: usize = 0; tap < count << 2; tap += 4) {
      const from = first + <usize>load<i32>(places + tap) * stride + at;
      const weight = v128.load_splat<f32>(weights + tap);
      a = f32x4.add(a, f32x4.mul(weight, v128.load(from)));
      b = f32x4.add(b, f32x4.mul(weight, v128.load(from, 16)));
      c = f32x4.add(c, f32x4.mul(weight, v128.load(from, 32)));
      d = f32x4.add(d, f32x4.mul(weight, v128.load(from, 48)));
    }
    v128.store(to + at, a);
    v128.store(to + at, b, 16);
    v128.store(to + at, c, 32);
    v128.store(to + at, d, 48);
  }
}

/** Decimated column k of all 64 rows. */
function weighColumns(k: i32, stride: usize): void {
  const count = <usize>load<i32>(tapCounts + k * 4);
  const places = tapPlaces + k * TAPS * 4;
  const weights = tapWeights + k * TAPS * 4;
  for (let row: usize = 0; row < <usize>SIDE; row++) {
    const from = decimatedRows + row * stride;
    let sum: f32 = 0;
    for (let tap: usize = 0; tap < count << 2; tap += 4) {
      sum += load<f32>(weights + tap) * load<f32>(from + (<usize>load<i32>(places + tap) << 2));
    }
    store<f32>(luma64 + (row * SIDE + k) * 4, sum);
  }
}
