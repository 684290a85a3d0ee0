/**
 * PDQ's filter and decimation in one direction, as weighted sums.
 *
 * Over 512 px per side, the pixels are those of a stretch to 512 by nearest neighbour. A reduced image has lost these pixels, so
 * it gets a tent: 3.75/512 of the side to each side, about what two boxes of 4 give, and 0.75/512 right of the centre, because
 * even windows lean right (docs/decisions/0016-size-of-hashed-images.md).
 *
 * Memory: 64 counts (i32), [64][TAPS] places (i32), [64][TAPS] weights (float32).
 */
import { SIDE, TAPS } from '../image/memory';

const REACH: f64 = 3.75;
const LEAN: f64 = 0.75;
const STRETCHED: f64 = 512;

// @ts-ignore: decorator
@inline
export function countOf(taps: usize, k: i32): i32 {
  return load<i32>(taps + k * 4);
}

// @ts-ignore: decorator
@inline
export function placesOf(taps: usize, k: i32): usize {
  return taps + (SIDE + k * TAPS) * 4;
}

// @ts-ignore: decorator
@inline
export function weightsOf(taps: usize, k: i32): usize {
  return taps + (SIDE + (SIDE + k) * TAPS) * 4;
}

// @ts-ignore: decorator
@inline
function setTap(taps: usize, k: i32, tap: i32, place: i32, weight: f64): void {
  store<i32>(placesOf(taps, k) + tap * 4, place);
  store<f32>(weightsOf(taps, k) + tap * 4, <f32>weight);
}

/** Windows away from the border all have the same weights. */
export function boxTaps(taps: usize, side: i32, stretched: i32): void {
  const window = (stretched + 127) >> 7;
  const lead = ((window + 2) >> 1) - 1;
  const lag = window - lead;
  const last = stretched - 1;
  let inner: i32 = -1;
  for (let k = 0; k < SIDE; k++) {
    const sample = ((2 * k + 1) * stretched) >> 7;
    const from = max(0, sample - lag + 1);
    const to = min(last, sample + lead);
    const first = max(0, from - lag + 1);
    const count = min(last, to + lead) - first + 1;
    const isInner = sample - 2 * lag + 2 >= 0 && sample + 2 * lead <= last;
    store<i32>(taps + k * 4, count);
    for (let tap = 0; tap < count; tap++) {
      const at = first + tap;
      const place = stretched == side ? at : <i32>((<i64>at * side) / stretched);
      const known = isInner && inner >= 0;
      setTap(taps, k, tap, place, known ? load<f32>(weightsOf(taps, inner) + tap * 4) : boxWeight(at, from, to, lead, lag, last));
    }
    if (isInner && inner < 0) inner = k;
  }
}

/** Weight of pixel `at` in the mean of means around `from` to `to`. */
function boxWeight(at: i32, from: i32, to: i32, lead: i32, lag: i32, last: i32): f64 {
  let weight: f64 = 0;
  for (let middle = from; middle <= to; middle++) {
    const first = max(0, middle - lag + 1);
    const end = min(last, middle + lead);
    if (at >= first && at <= end) weight += 1.0 / <f64>((to - from + 1) * (end - first + 1));
  }
  return weight;
}

export function tentTaps(taps: usize, side: i32): void {
  const scale = <f64>side / STRETCHED;
  const reach = REACH * scale;
  for (let k = 0; k < SIDE; k++) {
    const middle = (<f64>(8 * k + 4) + LEAN) * scale;
    const from = max(0, <i32>Math.floor(middle - reach));
    const to = min(side - 1, <i32>Math.ceil(middle + reach) - 1);
    store<i32>(taps + k * 4, to - from + 1);
    let left = under(<f64>from - middle, reach);
    const inside = under(<f64>(to + 1) - middle, reach) - left;
    for (let at = from; at <= to; at++) {
      const right = under(<f64>(at + 1) - middle, reach);
      setTap(taps, k, at - from, at, (right - left) / inside);
      left = right;
    }
  }
}

/** Area left of `at` under a tent of half width `reach` and area 1. */
// @ts-ignore: decorator
@inline
function under(at: f64, reach: f64): f64 {
  const inside = max(-reach, min(reach, at)) / reach;
  return inside < 0 ? ((inside + 1) * (inside + 1)) / 2 : 1 - ((1 - inside) * (1 - inside)) / 2;
}

/** Taps outside `low` to `high` read the nearest of the two. */
export function clampTaps(taps: usize, low: i32, high: i32): void {
  for (let k = 0; k < SIDE; k++) {
    const places = placesOf(taps, k);
    for (let at = places; at < places + <usize>countOf(taps, k) * 4; at += 4) {
      store<i32>(at, max(low, min(high, load<i32>(at))));
    }
  }
}
