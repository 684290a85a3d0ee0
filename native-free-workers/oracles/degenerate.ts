/** Plain TypeScript, to compare `assembly/image/degenerate.ts` with. */
import { maxTwoToneShare } from '../hashing/degenerate-limits.js';

/** Smaller differences count as none; white is 255. */
const sameLevel = 2;
/**
 * Flat pictures have rank 1; halves, gradients, stripes and chessboards 2; sums of two of these 3. Photographs and pages of text
 * have more than 10.
 */
const maxRank = 3;

/** `luma`: 64x64, 0-255. */
export function isDegenerateLuma(luma: Float32Array, share = maxTwoToneShare): boolean {
  const grid = new Float64Array(luma);
  return hasTwoTones(grid, share) || hasLowRank(grid, 64);
}

export function isDegenerateSums(sums: ArrayLike<number>): boolean {
  let white = 0;
  for (let k = 0; k < sums.length; k++) white = Math.max(white, sums[k] ?? 0);
  if (white === 0) return true;
  const scaled = Float64Array.from(sums, (sum) => (sum * 255) / white);
  return hasTwoTones(scaled, maxTwoToneShare) || hasLowRank(scaled, 16);
}

/** Gaussian elimination with full pivoting. */
function hasLowRank(grid: Float64Array, side: number): boolean {
  let pivot = largestElement(grid);
  for (let taken = 1; taken <= maxRank; taken++) {
    const value = grid[pivot] ?? 0;
    if (Math.abs(value) <= sameLevel) return true;
    const enough = taken === maxRank ? sameLevel : Number.POSITIVE_INFINITY;
    pivot = eliminate(grid, side, pivot, enough);
  }
  return Math.abs(grid[pivot] ?? 0) <= sameLevel;
}

/** Subtracts the row of `pivot` from all rows. Returns the next pivot, or the first place with more than `enough`. */
function eliminate(grid: Float64Array, side: number, pivot: number, enough: number): number {
  const column = pivot % side;
  const value = grid[pivot] ?? 0;
  const row = grid.slice(pivot - column, pivot - column + side);
  let place = 0;
  let most = 0;
  for (let first = 0; first < grid.length; first += side) {
    const share = (grid[first + column] ?? 0) / value;
    for (let k = 0; k < side; k++) {
      const left = (grid[first + k] ?? 0) - share * (row[k] ?? 0);
      grid[first + k] = left;
      if (Math.abs(left) <= most) continue;
      most = Math.abs(left);
      place = first + k;
      if (most > enough) return place;
    }
  }
  return place;
}

function largestElement(grid: Float64Array): number {
  let place = 0;
  let most = 0;
  for (let k = 0; k < grid.length; k++) {
    const level = Math.abs(grid[k] ?? 0);
    if (level <= most) continue;
    most = level;
    place = k;
  }
  return place;
}

function hasTwoTones(values: Float64Array, share: number): boolean {
  const counts = new Uint32Array(256);
  for (let k = 0; k < values.length; k++) {
    const level = ((values[k] ?? 0) + 0.5) | 0;
    counts[level] = (counts[level] ?? 0) + 1;
  }
  return takeMostFrequent(counts) + takeMostFrequent(counts) >= values.length * share;
}

function takeMostFrequent(counts: Uint32Array): number {
  let most = 0;
  for (let level = 1; level < counts.length; level++) if ((counts[level] ?? 0) > (counts[most] ?? 0)) most = level;
  let taken = 0;
  for (let level = Math.max(0, most - sameLevel); level <= Math.min(255, most + sameLevel); level++) {
    taken += counts[level] ?? 0;
    counts[level] = 0;
  }
  return taken;
}
