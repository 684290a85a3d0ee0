/** Plain TypeScript, to compare `assembly/blockhash/` with. */
import type { Raster } from '../hashing/raster.js';

const side = 16;
const band = (side * side) / 4;
const at = (values: ArrayLike<number>, index: number): number => values[index] ?? 0;

export function plainBlockhashes(raster: Raster): string[] {
  const sums = blockSums(raster);
  // Half of the scale, as blockhash-core has it: 256 * 3 / 2 per pixel.
  const half = raster.width * raster.height * 384;
  return turns.map((turn) =>
    hashOf(
      sums.map((_, k) => at(sums, turn(k >> 4, k & 15))),
      half,
    ),
  );
}

/** 16x16 sums of R + G + B (765 where alpha is 0), times 256. */
export function blockSums({ data, width, height, channels }: Raster): Float64Array {
  const sums = new Float64Array(side * side);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const first = (y * width + x) * channels;
      const last = channels === 1 ? first : first + 2;
      const clear = channels === 4 && at(data, first + 3) === 0;
      const value = clear ? 765 : at(data, first) + at(data, (first + last) >> 1) + at(data, last);
      for (const [row, vertical] of shares(y, height)) {
        for (const [column, horizontal] of shares(x, width)) {
          const k = row * side + column;
          sums[k] = at(sums, k) + value * vertical * horizontal;
        }
      }
    }
  }
  return sums;
}

/** The one or two blocks of pixel `k`, and how many sixteenths of it lie in each. */
function shares(k: number, length: number): [block: number, sixteenths: number][] {
  const block = Math.floor((k * side) / length);
  const beyond = ((k + 1) * side) % length;
  if (beyond >= side || k + 1 === length) return [[block, side]];
  return [
    [block, side - beyond],
    [Math.ceil((k * side) / length), beyond],
  ];
}

/** Which block ends up at (row, column) after each orientation. */
const turns: readonly ((row: number, column: number) => number)[] = [
  (row, column) => row * side + column,
  (row, column) => column * side + 15 - row,
  (row, column) => (15 - row) * side + 15 - column,
  (row, column) => (15 - column) * side + row,
  (row, column) => (15 - row) * side + column,
  (row, column) => row * side + 15 - column,
  (row, column) => column * side + row,
  (row, column) => (15 - column) * side + 15 - row,
];

function hashOf(sums: Float64Array, half: number): string {
  const bits = Array.from({ length: 4 }, (_, k) => {
    const blocks = sums.subarray(k * band, (k + 1) * band);
    const sorted = blocks.toSorted();
    const median = (at(sorted, band / 2 - 1) + at(sorted, band / 2)) / 2;
    return Array.from(blocks, (sum) => Number(sum > median || (Math.abs(sum - median) < 256 && median > half)));
  }).flat();
  return Array.from({ length: 64 }, (_, k) => Number.parseInt(bits.slice(k * 4, k * 4 + 4).join(''), 2).toString(16)).join('');
}
