import { luma64 } from '../image/memory';

/** Gradients between neighbours in whole percent, summed, divided by 90. */
export function quality(): i32 {
  let sum = i32x4.splat(0);
  const inside = i32x4(-1, -1, -1, 0);
  for (let at: usize = 0; at < 64 * 64 * 4; at += 16) {
    const here = v128.load(luma64 + at);
    if (at < 63 * 64 * 4) sum = i32x4.add(sum, percents(here, v128.load(luma64 + at, 64 * 4)));
    // The last sample of a row has no right neighbour.
    const right = percents(here, v128.load(luma64 + at, 4));
    sum = i32x4.add(sum, (at & 255) == 240 ? v128.and(right, inside) : right);
  }
  const pairs = i32x4.add(sum, v128.shuffle<i32>(sum, sum, 2, 3, 0, 1));
  return min(100, (i32x4.extract_lane(pairs, 0) + i32x4.extract_lane(pairs, 1)) / 90);
}

// @ts-ignore: decorator
@inline
function percents(a: v128, b: v128): v128 {
  return i32x4.abs(i32x4.trunc_sat_f32x4_s(f32x4.div(f32x4.mul(f32x4.sub(a, b), f32x4.splat(100)), f32x4.splat(255))));
}
