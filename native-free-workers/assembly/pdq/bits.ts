/** From 16x16 frequencies to eight hashes of 256 bits. */
import { BITS, frequencies, output } from '../image/memory';

const signed: usize = memory.data(16 * 16 * 4, 16);
const selection: usize = memory.data(16 * 16 * 4, 16);

/**
 * The dihedral hashes. Mirroring an image changes signs of its frequencies, turning it also transposes them, so that four sign
 * patterns with one median each, read straight and transposed, give all eight.
 */
export function writeHashes(): void {
  writePair(0, 0, 6); // all as they are: identity, flip_plus1
  writePair(1, 4, 3); // minus in even rows: flip_x, rotate270
  writePair(2, 5, 1); // minus in even columns: flip_y, rotate90
  writePair(3, 2, 7); // minus where row + column is odd: rotate180, flip_minus1
}

function writePair(pattern: i32, straight: i32, transposed: i32): void {
  for (let k = 0; k < BITS * BITS; k++) {
    const row = k >> 4;
    const column = k & 15;
    const odd = pattern == 1 ? row : pattern == 2 ? column : pattern == 3 ? row + column + 1 : 1;
    const value = load<f32>(frequencies + k * 4);
    store<f32>(signed + k * 4, odd & 1 ? value : -value);
  }
  const median = lowerMedian();
  for (let k = 0; k < BITS * BITS; k++) {
    if (load<f32>(signed + k * 4) <= median) continue;
    setBit(straight, k);
    setBit(transposed, ((k & 15) << 4) | (k >> 4));
  }
}

/** Bit k has weight 2^k in the hash read as one integer of 256 bits. */
function setBit(hash: i32, k: i32): void {
  const at = output + hash * 32 + 31 - (k >> 3);
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(k & 7)));
}

/** The 128th smallest of the 256 signed frequencies, which is what Torben's method answers; Hoare's selection, about 700 comparisons. */
function lowerMedian(): f32 {
  const k: i32 = 127;
  memory.copy(selection, signed, BITS * BITS * 4);
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
