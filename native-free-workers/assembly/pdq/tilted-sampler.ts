/**
 * The 64x64 luma of a tilted or shrunk picture. The image becomes a plane of 128x128 means once; then each sample is read between
 * four of them. Two means side by side are as wide as PDQ's filter. `../../oracles/tilted.ts` does the same in TypeScript.
 */
import { SIDE, columns, fourRows, imageNumber, luma, luma64, padded, rows } from '../image/memory';

const PLANE: i32 = 128;
const plane: usize = memory.data(128 * 128 * 4, 16);
let planeOfImage: u32 = 0;

/** Sample (row, column) is the plane at x = `x` + column `dx` + row `ex`, y = `y` + column `dy` + row `ey`. Outside, its edge. */
export function sampleTilted(x: f32, dx: f32, ex: f32, y: f32, dy: f32, ey: f32): void {
  if (planeOfImage != imageNumber) fillPlane();
  planeOfImage = imageNumber;
  const last = <f32>(PLANE - 1);
  let to = luma64;
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++, to += 4) {
      const atX = max<f32>(0, min<f32>(last, x + <f32>column * dx + <f32>row * ex));
      const atY = max<f32>(0, min<f32>(last, y + <f32>column * dy + <f32>row * ey));
      const left = min(PLANE - 2, <i32>atX);
      const top = min(PLANE - 2, <i32>atY);
      const shareX = atX - <f32>left;
      const shareY = atY - <f32>top;
      const at = plane + <usize>(top * PLANE + left) * 4;
      const upper = load<f32>(at) + (load<f32>(at, 4) - load<f32>(at)) * shareX;
      const lower = load<f32>(at, PLANE * 4) + (load<f32>(at, PLANE * 4 + 4) - load<f32>(at, PLANE * 4)) * shareX;
      store<f32>(to, upper + (lower - upper) * shareY);
    }
  }
}

/** Means of equal shares of the image. A pixel on a border counts for both sides by its parts. */
function fillPlane(): void {
  const pitch = <usize>padded(columns) * 4;
  for (let k = 0; k < PLANE; k++) {
    sumRows(k, pitch);
    for (let j = 0; j < PLANE; j++) store<f32>(plane + <usize>(k * PLANE + j) * 4, meanOfColumns(j));
  }
}

/** Into `fourRows`: the mean of the rows of share `k`. */
function sumRows(k: i32, pitch: usize): void {
  const from = (<f32>k * <f32>rows) / <f32>PLANE;
  const to = (<f32>(k + 1) * <f32>rows) / <f32>PLANE;
  const end = min(rows, <i32>Math.ceil(to));
  memory.fill(fourRows, 0, pitch);
  for (let row = <i32>from; row < end; row++) {
    const weight = f32x4.splat(covered(row, from, to) / (to - from));
    const at = luma + <usize>row * pitch;
    for (let step: usize = 0; step < pitch; step += 16) {
      v128.store(fourRows + step, f32x4.add(v128.load(fourRows + step), f32x4.mul(weight, v128.load(at + step))));
    }
  }
}

function meanOfColumns(j: i32): f32 {
  const from = (<f32>j * <f32>columns) / <f32>PLANE;
  const to = (<f32>(j + 1) * <f32>columns) / <f32>PLANE;
  const end = min(columns, <i32>Math.ceil(to));
  let sum: f32 = 0;
  for (let column = <i32>from; column < end; column++) {
    sum += covered(column, from, to) * load<f32>(fourRows + <usize>column * 4);
  }
  return sum / (to - from);
}

/** The part of pixel `at` between `from` and `to`. */
// @ts-ignore: decorator
@inline
function covered(at: i32, from: f32, to: f32): f32 {
  return min<f32>(to, <f32>(at + 1)) - max<f32>(from, <f32>at);
}
