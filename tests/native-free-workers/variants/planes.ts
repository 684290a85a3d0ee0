import type { LumaPlane } from '../../../native-free-workers/variants/luma-plane.js';

export type Luma = (x: number, y: number) => number;

/** Rows are padded as in the kernel. */
export function planeOf(width: number, height: number, luma: Luma): LumaPlane {
  const stride = (width + 3) & ~3;
  const data = new Float32Array(stride * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data[y * stride + x] = luma(x, y);
  return { data, stride, width, height };
}

/** Edges everywhere. */
export const busy: Luma = (x, y) => 130 + 50 * Math.sin(x / 7 + 1) * Math.cos(y / 5 + 1) + 40 * Math.sin((x * y) / 900);

export function framed(
  background: Luma,
  inner: Luma,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): Luma {
  return (column, row) =>
    column >= x && column < x + width && row >= y && row < y + height ? inner(column - x, row - y) : background(column, row);
}
