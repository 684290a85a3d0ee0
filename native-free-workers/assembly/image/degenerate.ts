/**
 * Degenerate pictures: two tones, or a matrix of low rank. `../oracles/degenerate.ts` runs the same float64 operations in the
 * same order. Takes 10 us (TypeScript: 60) for every part of every query.
 */
import { blockSums, grid, luma64 } from './memory';

const SAME_LEVEL: i32 = 2;
const MAX_RANK: i32 = 3;

/** Four histograms: neighbours often have the same level and would wait for each other. */
const PITCH: usize = 260 * 4;
const counts: usize = memory.data(4 * 260 * 4, 16);
const pivotRow: usize = memory.data(64 * 8, 16);

export function isLumaDegenerate(maxShare: f64): bool {
  for (let at: usize = 0; at < 64 * 64; at += 4) {
    const values = v128.load(luma64 + at * 4);
    v128.store(grid + at * 8, f64x2.promote_low_f32x4(values));
    v128.store(grid + at * 8, f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 0, 1)), 16);
  }
  return isDegenerate(64, maxShare);
}

export function areSumsDegenerate(maxShare: f64): bool {
  let white: f64 = 0;
  for (let at: usize = 0; at < 16 * 16 * 8; at += 8) white = max(white, load<f64>(blockSums + at));
  if (white == 0) return true;
  for (let at: usize = 0; at < 16 * 16 * 8; at += 8) store<f64>(grid + at, (load<f64>(blockSums + at) * 255) / white);
  return isDegenerate(16, maxShare);
}

function isDegenerate(side: i32, maxShare: f64): bool {
  return hasTwoTones(side * side, maxShare) || hasLowRank(side);
}

function hasTwoTones(length: i32, maxShare: f64): bool {
  memory.fill(counts, 0, 4 * PITCH);
  for (let at: usize = grid; at < grid + <usize>length * 8; at += 32) {
    const upper = levels(v128.load(at));
    const lower = levels(v128.load(at, 16));
    count(i32x4.extract_lane(upper, 0), counts);
    count(i32x4.extract_lane(upper, 1), counts + PITCH);
    count(i32x4.extract_lane(lower, 0), counts + 2 * PITCH);
    count(i32x4.extract_lane(lower, 1), counts + 3 * PITCH);
  }
  for (let at: usize = counts; at < counts + 256 * 4; at += 16) {
    const half = i32x4.add(v128.load(at), v128.load(at, PITCH));
    v128.store(at, i32x4.add(half, i32x4.add(v128.load(at, 2 * PITCH), v128.load(at, 3 * PITCH))));
  }
  return <f64>(takeMostFrequent() + takeMostFrequent()) >= <f64>length * maxShare;
}

/** Values out of range become level 256, which nothing reads. */
// @ts-ignore: decorator
@inline
function levels(values: v128): v128 {
  return i32x4.min_u(i32x4.trunc_sat_f64x2_s_zero(f64x2.add(values, f64x2.splat(0.5))), i32x4.splat(256));
}

// @ts-ignore: decorator
@inline
function count(level: i32, to: usize): void {
  const at = to + (<usize>level << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Removes the most frequent level and its neighbours. Returns their samples. */
function takeMostFrequent(): u32 {
  let most: i32 = 0;
  let highest = load<u32>(counts);
  for (let level: i32 = 1; level < 256; level++) {
    const here = load<u32>(counts + level * 4);
    if (here <= highest) continue;
    highest = here;
    most = level;
  }
  let taken: u32 = 0;
  for (let level = max(0, most - SAME_LEVEL); level <= min(255, most + SAME_LEVEL); level++) {
    taken += load<u32>(counts + level * 4);
    store<u32>(counts + level * 4, 0);
  }
  return taken;
}

function hasLowRank(side: i32): bool {
  const pitch = <usize>side * 8;
  let pivot = largestElement(pitch);
  for (let taken = 1; taken < MAX_RANK; taken++) {
    if (Math.abs(load<f64>(pivot)) <= SAME_LEVEL) return true;
    pivot = eliminate(pitch, pivot);
  }
  return Math.abs(load<f64>(pivot)) <= SAME_LEVEL || isZeroAfterElimination(pitch, pivot);
}

/** First element with the largest magnitude. `pitch`: bytes per row. */
function largestElement(pitch: usize): usize {
  let row = grid;
  let most: f64 = 0;
  for (let at: usize = grid; at < grid + (pitch >> 3) * pitch; at += pitch) {
    let peak = f64x2.splat(0);
    for (let k: usize = 0; k < pitch; k += 16) peak = f64x2.pmax(peak, f64x2.abs(v128.load(at + k)));
    const peakOfRow = max(f64x2.extract_lane(peak, 0), f64x2.extract_lane(peak, 1));
    if (peakOfRow <= most) continue;
    most = peakOfRow;
    row = at;
  }
  return addressOf(most, row, pitch);
}

/** Subtracts the row of `pivot` from all rows. Returns the next pivot. */
function eliminate(pitch: usize, pivot: usize): usize {
  const column = copyPivotRow(pitch, pivot);
  const value = load<f64>(pivotRow + column);
  let strongest = grid;
  let most: f64 = 0;
  for (let row: usize = grid; row < grid + (pitch >> 3) * pitch; row += pitch) {
    const share = f64x2.splat(load<f64>(row + column) / value);
    let peak = f64x2.splat(0);
    for (let k: usize = 0; k < pitch; k += 32) {
      const left = f64x2.sub(v128.load(row + k), f64x2.mul(share, v128.load(pivotRow + k)));
      const right = f64x2.sub(v128.load(row + k, 16), f64x2.mul(share, v128.load(pivotRow + k, 16)));
      v128.store(row + k, left);
      v128.store(row + k, right, 16);
      peak = f64x2.pmax(peak, f64x2.pmax(f64x2.abs(left), f64x2.abs(right)));
    }
    const peakOfRow = max(f64x2.extract_lane(peak, 0), f64x2.extract_lane(peak, 1));
    if (peakOfRow <= most) continue;
    most = peakOfRow;
    strongest = row;
  }
  return addressOf(most, strongest, pitch);
}

/** Photographs fail after a few samples. */
function isZeroAfterElimination(pitch: usize, pivot: usize): bool {
  const column = copyPivotRow(pitch, pivot);
  const value = load<f64>(pivotRow + column);
  for (let row: usize = grid; row < grid + (pitch >> 3) * pitch; row += pitch) {
    const share = load<f64>(row + column) / value;
    for (let k: usize = 0; k < pitch; k += 8) {
      if (Math.abs(load<f64>(row + k) - share * load<f64>(pivotRow + k)) > SAME_LEVEL) return false;
    }
  }
  return true;
}

/** Returns the offset of the pivot in its row, in bytes. */
// @ts-ignore: decorator
@inline
function copyPivotRow(pitch: usize, pivot: usize): usize {
  const column = (pivot - grid) % pitch;
  memory.copy(pivotRow, pivot - column, pitch);
  return column;
}

function addressOf(most: f64, row: usize, pitch: usize): usize {
  let at = row;
  while (at < row + pitch - 8 && Math.abs(load<f64>(at)) != most) at += 8;
  return at;
}
