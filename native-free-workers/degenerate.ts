/**
 * Pictures whose hashes say nothing: one colour, two tones, stripes, checks. Judged on what is hashed, the 64x64 luma (PDQ) and the 16x16
 * block sums (blockhash), never on pixel values: a dithered photograph has two of those, and is a fine image.
 */

/** PDQ reference: hashes below this quality say nothing. */
export const minimumQuality = 50;

/** Rows nearer than this everywhere, in 1 / 255 of white, are the same row. */
const sameLevel = 2;
/** Stripes and checks have one, two or three different rows or columns; photographs have 64, and a scan of a page more than 10. */
const leastDistinct = 4;
/** Of all samples, in two tones: what the filter leaves of a straight edge across the picture is 3 %. */
const twoToneShare = 0.96;

/** `luma`: 64x64, 0-255. */
export function isDegenerateLuma(luma: ArrayLike<number>): boolean {
  return isDegenerateGrid(luma, 64, 1);
}

/** `sums`: 16x16, in any unit. */
export function isDegenerateSums(sums: ArrayLike<number>): boolean {
  let white = 0;
  for (let k = 0; k < sums.length; k++) white = Math.max(white, sums[k] ?? 0);
  return white === 0 || isDegenerateGrid(sums, 16, 255 / white);
}

function isDegenerateGrid(values: ArrayLike<number>, side: number, scale: number): boolean {
  const at = (row: number, column: number): number => (values[row * side + column] ?? 0) * scale;
  return (
    hasTwoTones(values, scale) ||
    distinctLines(side, at) < leastDistinct ||
    distinctLines(side, (row, column) => at(column, row)) < leastDistinct
  );
}

/** Counts rows until there are enough. */
function distinctLines(side: number, at: (row: number, column: number) => number): number {
  const seen: number[] = [];
  for (let row = 0; row < side && seen.length < leastDistinct; row++) {
    const isKnown = seen.some((other) => {
      for (let column = 0; column < side; column++) {
        if (Math.abs(at(row, column) - at(other, column)) > sameLevel) return false;
      }
      return true;
    });
    if (!isKnown) seen.push(row);
  }
  return seen.length;
}

/** Two narrow bands of levels, around the most frequent one and the most frequent of the rest, hold nearly all samples. */
function hasTwoTones(values: ArrayLike<number>, scale: number): boolean {
  const counts = new Uint32Array(256);
  for (let k = 0; k < values.length; k++) {
    const level = Math.max(0, Math.min(255, Math.round((values[k] ?? 0) * scale)));
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
