/** What is computed of the 64x64 luma: the quality and the 16x16 lowest frequencies. */
import { BITS, SIDE, cosines, cosinesTransposed, frequencies, halfTransformed, luma64 } from '../image/memory';

let cosinesReady: bool = false;

/** Differences of neighbours in percent, truncated to integers, summed and divided by 90: 100 and more is a photograph, 0 is flat. */
export function quality(): i32 {
  let sum: i32 = 0;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const at = luma64 + (row * SIDE + column) * 4;
      const here = load<f32>(at);
      if (row < SIDE - 1) sum += abs(<i32>(((here - load<f32>(at, 64 * 4)) * 100) / 255));
      if (column < SIDE - 1) sum += abs(<i32>(((here - load<f32>(at, 4)) * 100) / 255));
    }
  }
  return min(100, sum / 90);
}

/**
 * sqrt(2 / 64) cos(pi / 128 (i + 1)(2 j + 1)) without the frequency 0. The factor is rounded to float32 before the float64 product is, as
 * in the reference: the 5x5 vector, whose hash is nothing but rounding, tells it from a single rounding.
 */
function fillCosines(): void {
  for (let i = 0; i < BITS; i++) {
    for (let j = 0; j < SIDE; j++) {
      const value = <f32>(<f64><f32>Math.sqrt(2.0 / 64.0) * Math.cos((Math.PI / 2 / 64.0) * <f64>((i + 1) * (2 * j + 1))));
      store<f32>(cosines + (i * SIDE + j) * 4, value);
      store<f32>(cosinesTransposed + (j * BITS + i) * 4, value);
    }
  }
  cosinesReady = true;
}

/** D A D^T: 16 vertical by 16 horizontal frequencies. Lanes are columns; each sum runs in the reference's order, k upwards. */
export function transform(): void {
  if (!cosinesReady) fillCosines();
  for (let i = 0; i < BITS; i++) {
    for (let j = 0; j < SIDE; j += 4) {
      let sum = f32x4.splat(0);
      for (let k = 0; k < SIDE; k++) {
        const weight = f32x4.splat(load<f32>(cosines + (i * SIDE + k) * 4));
        sum = f32x4.add(sum, f32x4.mul(weight, v128.load(luma64 + (k * SIDE + j) * 4)));
      }
      v128.store(halfTransformed + (i * SIDE + j) * 4, sum);
    }
    for (let j = 0; j < BITS; j += 4) {
      let sum = f32x4.splat(0);
      for (let k = 0; k < SIDE; k++) {
        const value = f32x4.splat(load<f32>(halfTransformed + (i * SIDE + k) * 4));
        sum = f32x4.add(sum, f32x4.mul(value, v128.load(cosinesTransposed + (k * BITS + j) * 4)));
      }
      v128.store(frequencies + (i * BITS + j) * 4, sum);
    }
  }
}
