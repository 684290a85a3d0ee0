import { BITS, frequencies, frequenciesTransposed, output } from '../image/memory';
import { transpose4x4 } from '../image/transpose';

const signed: usize = memory.data(16 * 16 * 4, 16);
const selection: usize = memory.data(16 * 16 * 4, 16);

const NONE: i32 = 0;
const EVEN_ROWS: i32 = 1;
const EVEN_COLUMNS: i32 = 2;
const ODD_SUMS: i32 = 3;

export function writeUprightHash(): void {
  writeBits(0, frequencies, lowerMedian(frequencies));
}

/**
 * Mirroring changes signs of frequencies, rotating also transposes them. So four sign patterns with one median each give all
 * hashes.
 */
export function writeHashes(): void {
  for (let row: usize = 0; row < 16; row += 4) {
    for (let column: usize = 0; column < 16; column += 4) {
      transpose4x4(frequencies + (row * 16 + column) * 4, 64, frequenciesTransposed + (column * 16 + row) * 4, 64);
    }
  }
  writePair(NONE, NONE, 0, 6); // identity, flip_plus1
  writePair(EVEN_ROWS, EVEN_COLUMNS, 4, 3); // flip_x, rotate270
  writePair(EVEN_COLUMNS, EVEN_ROWS, 5, 1); // flip_y, rotate90
  writePair(ODD_SUMS, ODD_SUMS, 2, 7); // rotate180, flip_minus1
}

function writePair(pattern: i32, transposedPattern: i32, straight: i32, transposed: i32): void {
  sign(frequencies, pattern);
  const median = lowerMedian(signed);
  writeBits(straight, signed, median);
  sign(frequenciesTransposed, transposedPattern);
  writeBits(transposed, signed, median);
}

function sign(from: usize, pattern: i32): void {
  const even = i32x4(i32.MIN_VALUE, 0, i32.MIN_VALUE, 0);
  const odd = i32x4(0, i32.MIN_VALUE, 0, i32.MIN_VALUE);
  const all = i32x4.splat(i32.MIN_VALUE);
  const none = i32x4.splat(0);
  const inEvenRows = pattern == EVEN_ROWS ? all : pattern == EVEN_COLUMNS ? even : pattern == ODD_SUMS ? odd : none;
  const inOddRows = pattern == EVEN_COLUMNS || pattern == ODD_SUMS ? even : none;
  for (let at: usize = 0; at < 16 * 16 * 4; at += 16) {
    v128.store(signed + at, v128.xor(v128.load(from + at), at & 64 ? inOddRows : inEvenRows));
  }
}

/** Bit k weighs 2^k in the hash as an integer of 256 bits. */
function writeBits(hash: usize, from: usize, median: f32): void {
  const limit = f32x4.splat(median);
  for (let byte: usize = 0; byte < 32; byte++) {
    const low = i32x4.bitmask(f32x4.gt(v128.load(from + byte * 32), limit));
    const high = i32x4.bitmask(f32x4.gt(v128.load(from + byte * 32, 16), limit));
    store<u8>(output + hash * 32 + 31 - byte, <u8>(low | (high << 4)));
  }
}

/** The 128th smallest of 256 values. Hoare's selection, about 700 comparisons. */
function lowerMedian(values: usize): f32 {
  const k: i32 = 127;
  memory.copy(selection, values, BITS * BITS * 4);
  let low: i32 = 0;
  let high: i32 = 255;
  while (low < high) {
    const pivot = load<f32>(selection + k * 4);
    let i = low;
    let j = high;
    while (i <= j) {
      while (load<f32>(selection + i * 4) < pivot) i++;
      while (pivot < load<f32>(selection + j * 4)) j--;
      if (i > j) break;
      const swapped = load<f32>(selection + i * 4);
      store<f32>(selection + i++ * 4, load<f32>(selection + j * 4));
      store<f32>(selection + j-- * 4, swapped);
    }
    if (j < k) low = i;
    if (k < i) high = j;
  }
  return load<f32>(selection + k * 4);
}
