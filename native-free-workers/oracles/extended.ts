/** Plain twins of the kernels that hash a picture as it was before a crop or a tilt (`assembly/pdq`). */
import type { PdqHashes } from '../hashing/image-kernel.js';
import type { Area, Raster } from '../hashing/raster.js';
import { tiltedSteps } from '../hashing/tilted-steps.js';
import { plainPdq } from './pdq.js';

/** Draws the extended picture pixel by pixel: each pixel outside is the nearest one of the picture. */
export function plainExtended({ data, width, channels }: Raster, area: Area, picture: Area): PdqHashes {
  const drawn = new Uint8Array(area.width * area.height * channels);
  for (let row = 0; row < area.height; row++) {
    const y = within(area.y + row, picture.y, picture.height);
    for (let column = 0; column < area.width; column++) {
      const x = within(area.x + column, picture.x, picture.width);
      const from = (y * width + x) * channels;
      drawn.set(data.subarray(from, from + channels), (row * area.width + column) * channels);
    }
  }
  return upright(plainPdq({ data: drawn, width: area.width, height: area.height, channels }));
}

/** Means of a grey raster, then samples between four of them, then PDQ of 64x64, which has no filter. */
export function plainTilted({ data, width, height }: Raster, degrees: number, share: number, aspect: number): PdqHashes {
  const side = 128;
  const plane = Float64Array.from({ length: side * side }, (_, k) =>
    meanOf(data, width, height, Math.floor(k / side) / side, (k % side) / side, 1 / side),
  );
  const { x, dx, ex, y, dy, ey } = tiltedSteps(degrees, share, aspect);
  const sampled = Uint8Array.from({ length: 64 * 64 }, (_, k) => {
    const [row, column] = [Math.floor(k / 64), k % 64];
    return Math.round(between(plane, side, x + column * dx + row * ex, y + column * dy + row * ey));
  });
  return upright(plainPdq({ data: sampled, width: 64, height: 64, channels: 1 }));
}

function upright({ hashes, quality }: PdqHashes): PdqHashes {
  return { hashes: hashes.slice(0, 1), quality };
}

function within(at: number, first: number, length: number): number {
  return Math.min(first + length - 1, Math.max(first, at));
}

/** Of the square at `top`, `left` with sides `size`, in shares of the picture. */
function meanOf(data: Raster['data'], width: number, height: number, top: number, left: number, size: number): number {
  let [sum, weights] = [0, 0];
  for (let row = Math.floor(top * height); row < Math.min(height, Math.ceil((top + size) * height)); row++) {
    for (let column = Math.floor(left * width); column < Math.min(width, Math.ceil((left + size) * width)); column++) {
      const weight = overlap(row, top * height, (top + size) * height) * overlap(column, left * width, (left + size) * width);
      sum += weight * (data[row * width + column] ?? 0);
      weights += weight;
    }
  }
  return sum / weights;
}

function overlap(pixel: number, from: number, to: number): number {
  return Math.min(to, pixel + 1) - Math.max(from, pixel);
}

function between(plane: Float64Array, side: number, x: number, y: number): number {
  const [atX, atY] = [x, y].map((at) => Math.min(side - 1, Math.max(0, at))) as [number, number];
  const [left, top] = [Math.min(side - 2, Math.floor(atX)), Math.min(side - 2, Math.floor(atY))];
  const value = (row: number, column: number) => plane[row * side + column] ?? 0;
  const upper = value(top, left) + (value(top, left + 1) - value(top, left)) * (atX - left);
  const lower = value(top + 1, left) + (value(top + 1, left + 1) - value(top + 1, left)) * (atX - left);
  return upper + (lower - upper) * (atY - top);
}
