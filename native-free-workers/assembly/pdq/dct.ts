import { BITS, SIDE, cosines, cosinesTransposed, frequencies, halfTransformed, luma64 } from '../image/memory';

let cosinesReady: bool = false;

/** As in the reference, the factor is rounded to float32 before the product. The 5x5 test vector detects a difference. */
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

/** D A D^T. Each sum runs upwards, as in the reference. */
export function transform(): void {
  if (!cosinesReady) fillCosines();
  for (let i: usize = 0; i < <usize>BITS; i++) {
    const row = cosines + i * SIDE * 4;
    const half = halfTransformed + i * SIDE * 4;
    for (let j: usize = 0; j < <usize>SIDE * 4; j += 64) weighedSums(row, luma64 + j, SIDE * 4, half + j);
    weighedSums(half, cosinesTransposed, BITS * 4, frequencies + i * BITS * 4);
  }
}

/** Four vectors at once, because one would wait for its own additions. */
// @ts-ignore: decorator
@inline
function weighedSums(weights: usize, from: usize, pitch: usize, to: usize): void {
  let a = f32x4.splat(0);
  let b = f32x4.splat(0);
  let c = f32x4.splat(0);
  let d = f32x4.splat(0);
  for (let k: usize = 0; k < <usize>SIDE; k++, from += pitch) {
    const weight = v128.load_splat<f32>(weights + k * 4);
    a = f32x4.add(a, f32x4.mul(weight, v128.load(from)));
    b = f32x4.add(b, f32x4.mul(weight, v128.load(from, 16)));
    c = f32x4.add(c, f32x4.mul(weight, v128.load(from, 32)));
    d = f32x4.add(d, f32x4.mul(weight, v128.load(from, 48)));
  }
  v128.store(to, a);
  v128.store(to, b, 16);
  v128.store(to, c, 32);
  v128.store(to, d, 48);
}
