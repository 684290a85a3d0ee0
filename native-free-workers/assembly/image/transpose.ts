// @ts-ignore: decorator
@inline
export function transpose4x4(from: usize, pitch: usize, to: usize, pitchTo: usize): void {
  storeTransposed(v128.load(from), v128.load(from + pitch), v128.load(from + 2 * pitch), v128.load(from + 3 * pitch), to, pitchTo);
}

// @ts-ignore: decorator
@inline
export function storeTransposed(a: v128, b: v128, c: v128, d: v128, to: usize, pitchTo: usize): void {
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const abNext = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cdNext = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to + pitchTo, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(to + 2 * pitchTo, v128.shuffle<f32>(abNext, cdNext, 0, 1, 4, 5));
  v128.store(to + 3 * pitchTo, v128.shuffle<f32>(abNext, cdNext, 2, 3, 6, 7));
}
