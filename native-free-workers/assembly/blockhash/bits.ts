import { blockOutput, blockSums, columns, rows } from '../image/memory';

const BLOCKS: i32 = 16;
const BAND: i32 = 64;

const bits: usize = memory.data(16 * 16);
const band: usize = memory.data(64 * 8, 16);

/** Mirrored images have the same bands of four rows, so the bits of the image and its transpose give all orientations. */
export function writeBlockhashes(): void {
  setBits(16, 1);
  write(0, false, false); // identity
  write(2, true, true); // rotate180
  write(4, true, false); // flip_x
  write(5, false, true); // flip_y
  setBits(1, 16);
  write(1, true, false); // rotate90
  write(3, false, true); // rotate270
  write(6, false, false); // flip_plus1
  write(7, true, true); // flip_minus1
}

/** Block (row, column) has the sum number row * down + column * right. */
function setBits(down: i32, right: i32): void {
  // A block equal to the median is bright if the median is over 256 * 3 / 2 per pixel, as in blockhash-core.
  const half = <f64>columns * <f64>rows * 384;
  for (let first = 0; first < BLOCKS * BLOCKS; first += BAND) {
    for (let k = 0; k < BAND; k++) store<f64>(band + k * 8, sumOf(first + k, down, right));
    const median = middle();
    for (let k = first; k < first + BAND; k++) {
      const sum = sumOf(k, down, right);
      store<u8>(bits + k, <u8>(sum > median || (Math.abs(sum - median) < 256 && median > half)));
    }
  }
}

// @ts-ignore: decorator
@inline
function sumOf(k: i32, down: i32, right: i32): f64 {
  return load<f64>(blockSums + ((k >> 4) * down + (k & 15) * right) * 8);
}

/** The median of the band, which it sorts. */
function middle(): f64 {
  for (let k = 1; k < BAND; k++) {
    const value = load<f64>(band + k * 8);
    let to = k;
    for (; to > 0 && load<f64>(band + (to - 1) * 8) > value; to--) store<f64>(band + to * 8, load<f64>(band + (to - 1) * 8));
    store<f64>(band + to * 8, value);
  }
  return (load<f64>(band + (BAND / 2 - 1) * 8) + load<f64>(band + (BAND / 2) * 8)) / 2;
}

function write(hash: i32, upsideDown: bool, mirrored: bool): void {
  for (let byte = 0; byte < 32; byte++) {
    let value: u8 = 0;
    for (let k = byte * 8; k < byte * 8 + 8; k++) {
      const row = upsideDown ? 15 - (k >> 4) : k >> 4;
      const column = mirrored ? 15 - (k & 15) : k & 15;
      value = (value << 1) | load<u8>(bits + row * BLOCKS + column);
    }
    store<u8>(blockOutput + hash * 32 + byte, value);
  }
}
