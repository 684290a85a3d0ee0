/**
 * Pictures whose hashes say nothing: one colour, two tones, slopes, stripes, checks. Judged on what is hashed, the 64x64 luma (PDQ) and the 16x16
 * block sums (blockhash), never on pixel values: a dithered photograph has two of those, and is a fine image.
 */

/** PDQ reference: hashes below this quality say nothing. */
export const minimumQuality = 50;

/** What is left of a picture below this, in 1 / 255 of white, is nothing. */
const sameLevel = 2;
/**
 * Rows of which all others are mixtures: one of a flat picture, two of halves, slopes, stripes and chessboards, three of what two of these
 * add up to. Of photographs and of pages of text more than ten.
 */
const mostMixed = 3;
/** Of all samples, in two tones: what the filter leaves of a straight edge across the picture is 3 %. */
const twoToneShare = 0.96;

/** `luma`: 64x64, 0-255. */
export function isDegenerateLuma(luma: ArrayLike<number>): boolean {
  return hasTwoTones(luma) || hasFewRows(Float64Array.from(luma), 64);
}

/** `sums`: 16x16, in any unit. */
export function isDegenerateSums(sums: ArrayLike<number>): boolean {
  let white = 0;
  for (let k = 0; k < sums.length; k++) white = Math.max(white, sums[k] ?? 0);
  if (white === 0) return true;
  const scaled = Float64Array.from(sums, (sum) => (sum * 255) / white);
  return hasTwoTones(scaled) || hasFewRows(scaled, 16);
}

/** Gaussian elimination with full pivoting: takes the strongest row out of all others, three times, and looks at what remains. */
function hasFewRows(grid: Float64Array, side: number): boolean {
  for (let taken = 0; taken < mostMixed; taken++) {
    const pivot = strongest(grid);
    const value = grid[pivot] ?? 0;
    if (Math.abs(value) <= sameLevel) return true;
    const row = grid.slice(pivot - (pivot % side), pivot - (pivot % side) + side);
    for (let first = 0; first < grid.length; first += side) {
      const share = (grid[first + (pivot % side)] ?? 0) / value;
      for (let column = 0; column < side; column++)
        grid[first + column] = (grid[first + column] ?? 0) - share * (row[column] ?? 0);
    }
  }
  return Math.abs(grid[strongest(grid)] ?? 0) <= sameLevel;
}

function strongest(grid: Float64Array): number {
  let most = 0;
  for (let k = 1; k < grid.length; k++) if (Math.abs(grid[k] ?? 0) > Math.abs(grid[most] ?? 0)) most = k;
  return most;
}

/** Two narrow bands of levels, around the most frequent one and the most frequent of the rest, hold nearly all samples. */
function hasTwoTones(values: ArrayLike<number>): boolean {
  const counts = new Uint32Array(256);
  for (let k = 0; k < values.length; k++) {
    const level = Math.max(0, Math.min(255, Math.round(values[k] ?? 0)));
    counts[level] = (counts[level] ?? 0) + 1;
  }
  return takeMost(counts) + takeMost(counts) >= values.length * twoToneShare;
}

/** Takes the most frequent level and its neighbours out, and answers how many samples they are. */
function takeMost(counts: Uint32Array): number {
  const most = counts.indexOf(Math.max(...counts));
  let taken = 0;
  for (let level = Math.max(0, most - sameLevel); level <= Math.min(255, most + sameLevel); level++) {
    taken += counts[level] ?? 0;
    counts[level] = 0;
  }
  return taken;
}
