/**
 * PDQ in plain TypeScript, to compare `assembly/image.ts` with.
 *
 * Source: "The TMK+PDQF video-hashing algorithm and the PDQ image-hashing algorithm" (Facebook, 2019) and the behaviour of its
 * C++ reference, bit for bit, in float32:
 * 1. Over 512 px: stretch to 512x512 by nearest neighbour. Other implementations do not, which changes up to about 10 bits.
 * 2. Under 5 px: hash and quality are zero.
 * 3. Luma = 0.299 R + 0.587 G + 0.114 B. Grey is luma as it is.
 * 4. Two passes of a box filter along rows, then columns, of window ceil(side / 128). Even windows lean right by one sample. Then
 *    64x64 samples at trunc((k + 0.5) * side / 64). 64x64 itself is not filtered.
 * 5. Quality: gradients between neighbours in whole percent, summed, divided by 90, at most 100.
 * 6. DCT-II: frequencies 1 to 16 in both directions.
 * 7. Bit 16 i + j: frequency (i, j) is above the median, the 128th smallest of 256. So 128 bits are set, unless the picture is
 *    degenerate. In the hex text, bit k weighs 2^k (pdqhash-python before 0.2 reversed the words).
 *
 * Mirrored and rotated images have the same frequencies, transposed or with other signs, up to rounding and the lean of the
 * filter. `Math.fround` of a float64 sum, product or quotient of two float32 is exactly the float32 operation.
 */
import type { PdqHashes } from '../hashing/image-kernel.js';
import type { Raster } from '../hashing/raster.js';

const side = 64;
const bits = 16;
const unstretched = 512;
const f = Math.fround;

export function plainPdq(whole: Raster): PdqHashes {
  const raster = whole.width > unstretched || whole.height > unstretched ? stretched(whole) : whole;
  if (raster.width < 5 || raster.height < 5) return { hashes: Array<string>(8).fill('0'.repeat(64)), quality: 0 };
  const small = decimate(lumaOf(raster), raster.height, raster.width);
  return { hashes: dihedralHashes(transform(small)), quality: qualityOf(small) };
}

/** Every index below is in range. */
const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;

function stretched({ data, width, height, channels }: Raster): Raster {
  const source = (k: number, length: number): number => Math.floor((k * length) / unstretched);
  const pixels = Uint8Array.from({ length: unstretched * unstretched * channels }, (_, k) => {
    const [row, rest] = [Math.floor(k / (unstretched * channels)), k % (unstretched * channels)];
    const [column, channel] = [Math.floor(rest / channels), rest % channels];
    return at(data, (source(row, height) * width + source(column, width)) * channels + channel);
  });
  return { data: pixels, width: unstretched, height: unstretched, channels };
}

function lumaOf({ data, width, height, channels }: Raster): Float32Array {
  return Float32Array.from({ length: width * height }, (_, pixel) => {
    const first = pixel * channels;
    if (channels === 1) return at(data, first);
    const red = f(f(0.299) * at(data, first));
    const green = f(f(0.587) * at(data, first + 1));
    return f(red + green) + f(f(0.114) * at(data, first + 2));
  });
}

function decimate(luma: Float32Array, rows: number, columns: number): Float32Array {
  if (rows === side && columns === side) return luma;
  const other = new Float32Array(luma.length);
  for (let pass = 0; pass < 2; pass++) {
    for (let row = 0; row < rows; row++) box(luma, other, row * columns, columns, 1);
    for (let column = 0; column < columns; column++) box(other, luma, column, rows, columns);
  }
  const centre = (k: number, length: number): number => Math.trunc(((k + 0.5) * length) / side);
  return Float32Array.from({ length: side * side }, (_, k) =>
    at(luma, centre(Math.floor(k / side), rows) * columns + centre(k % side, columns)),
  );
}

/** Running sum: fill, grow, slide, shrink. The mean counts only samples inside the image. */
function box(from: Float32Array, to: Float32Array, start: number, length: number, stride: number): void {
  const window = Math.ceil(length / 128);
  const half = Math.floor((window + 2) / 2);
  let [sum, size, right, left, out] = [0, 0, start, start, start];
  const take = (): void => {
    sum = f(sum + at(from, right));
    right += stride;
    size++;
  };
  const drop = (): void => {
    sum = f(sum - at(from, left));
    left += stride;
    size--;
  };
  const emit = (): void => {
    to[out] = sum / size;
    out += stride;
  };
  for (let k = 0; k < half - 1; k++) take();
  for (let k = 0; k < window - half + 1; k++) [take(), emit()];
  for (let k = 0; k < length - window; k++) [take(), drop(), emit()];
  for (let k = 0; k < half - 1; k++) [drop(), emit()];
}

function qualityOf(luma: Float32Array): number {
  const step = (a: number, b: number): number => Math.abs(Math.trunc(f(f(f(at(luma, a) - at(luma, b)) * 100) / 255)));
  let sum = 0;
  for (let k = 0; k < side * side; k++) {
    if (k + side < side * side) sum += step(k, k + side);
    if (k % side < side - 1) sum += step(k, k + 1);
  }
  return Math.min(100, Math.floor(sum / 90));
}

/** D A D^T, where D holds the cosines. */
function transform(luma: Float32Array): Float32Array {
  const cosines = Float32Array.from(
    { length: bits * side },
    (_, k) => f(Math.sqrt(2 / 64)) * Math.cos((Math.PI / 2 / 64) * (Math.floor(k / side) + 1) * (2 * (k % side) + 1)),
  );
  const dot = (a: Float32Array, start: number, b: Float32Array, first: number, stride: number): number => {
    let sum = 0;
    for (let k = 0; k < side; k++) sum = f(sum + f(at(a, start + k) * at(b, first + k * stride)));
    return sum;
  };
  const half = Float32Array.from({ length: bits * side }, (_, k) =>
    dot(cosines, Math.floor(k / side) * side, luma, k % side, side),
  );
  return Float32Array.from({ length: bits * bits }, (_, k) =>
    dot(half, Math.floor(k / bits) * side, cosines, (k % bits) * side, 1),
  );
}

type Move = (row: number, column: number) => { readonly from: number; readonly minus: boolean };
const even = (k: number): boolean => k % 2 === 0;
const same = (row: number, column: number): number => row * bits + column;
const turned = (row: number, column: number): number => column * bits + row;

/** Per orientation: where a frequency comes from, and whether its sign changes. */
const moves: readonly Move[] = [
  (row, column) => ({ from: same(row, column), minus: false }),
  (row, column) => ({ from: turned(row, column), minus: even(row) }),
  (row, column) => ({ from: same(row, column), minus: !even(row + column) }),
  (row, column) => ({ from: turned(row, column), minus: even(column) }),
  (row, column) => ({ from: same(row, column), minus: even(row) }),
  (row, column) => ({ from: same(row, column), minus: even(column) }),
  (row, column) => ({ from: turned(row, column), minus: false }),
  (row, column) => ({ from: turned(row, column), minus: !even(row + column) }),
];

function dihedralHashes(frequencies: Float32Array): string[] {
  return moves.map((move) => {
    const moved = Float32Array.from({ length: bits * bits }, (_, k) => {
      const { from, minus } = move(Math.floor(k / bits), k % bits);
      return minus ? -at(frequencies, from) : at(frequencies, from);
    });
    const median = at(moved.slice().sort(), bits * 8 - 1);
    return hexOf(moved, median);
  });
}

function hexOf(frequencies: Float32Array, median: number): string {
  const hash = frequencies.reduce((sum, value, k) => (value > median ? sum | (1n << BigInt(k)) : sum), 0n);
  return hash.toString(16).padStart(64, '0');
}
