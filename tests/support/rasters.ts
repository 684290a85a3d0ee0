import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { normalise } from '../../native-free-workers/decoding/normalise.js';
import type { Area, Raster } from '../../native-free-workers/hashing/raster.js';

/** Replaces the pixels of each frame by their SHA-256: vitest needs a second to compare a megabyte. */
export function withDigests(image: Awaited<ReturnType<typeof normalise>>) {
  if ('unscannable' in image) return image;
  const frames = image.frames.map(({ raster: { data, ...shape }, ...frame }) => {
    return { ...frame, raster: { ...shape, sha256: createHash('sha256').update(data).digest('hex') } };
  });
  return { ...image, frames };
}

/** Noise over slow waves: all frequencies have energy. */
export function noise(length: number, seed: number): Uint8Array {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return Uint8Array.from({ length }, (_, at) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return ((state & 127) + 64 * (1 + Math.sin(at / (7 + (seed % 50))))) & 255;
  });
}

/** Rasters of noise. fast-check shrinks the seed, not 100 000 bytes. */
export function rasters(side: fc.Arbitrary<number>): fc.Arbitrary<Raster> {
  return fc
    .record({ width: side, height: side, channels: fc.constantFrom(1 as const, 3 as const, 4 as const), seed: fc.nat() })
    .map(({ width, height, channels, seed }) => ({ width, height, channels, data: noise(width * height * channels, seed) }));
}

/** A square grey picture of all low frequencies, which the box filter keeps. */
export function waves(size: number, seed: number): Raster {
  const weights = Array.from(noise(64, seed), (value) => value - 128);
  const places = Array.from({ length: size }, (_, at) => at / size);
  // Sines and cosines per row and column, not per pixel: a picture of 900 px took 2 s.
  const rows = weights.map((weight, k) => places.map((y) => weight * Math.cos(Math.PI * ((k >> 3) + 1) * y + k)));
  const columns = weights.map((_, k) => Float64Array.from(places, (x) => Math.sin(Math.PI * ((k & 7) + 1) * x + k)));
  const data = new Uint8Array(size * size);
  for (let y = 0; y < size; y++) {
    const sums = new Float64Array(size);
    for (const [k, column] of columns.entries()) {
      const row = rows[k]?.[y] ?? 0;
      for (let x = 0; x < size; x++) sums[x] = (sums[x] ?? 0) + row * (column[x] ?? 0);
    }
    data.set(
      sums.map((sum) => Math.max(0, Math.min(255, 128 + sum / 4))),
      y * size,
    );
  }
  return { data, width: size, height: size, channels: 1 };
}

/** Where pixel (y, x) of a turned picture comes from; `bottom` and `right` are its last row and column. */
export interface Reorientation {
  readonly isTransposed: boolean;
  from(y: number, x: number, bottom: number, right: number): readonly [y: number, x: number];
}

const turn = (isTransposed: boolean, from: Reorientation['from']): Reorientation => ({ isTransposed, from });

/** In the order of `orientations`. */
export const turns: readonly Reorientation[] = [
  turn(false, (y, x) => [y, x]),
  turn(true, (y, x, bottom) => [x, bottom - y]),
  turn(false, (y, x, bottom, right) => [bottom - y, right - x]),
  turn(true, (y, x, _, right) => [right - x, y]),
  turn(false, (y, x, bottom) => [bottom - y, x]),
  turn(false, (y, x, _, right) => [y, right - x]),
  turn(true, (y, x) => [x, y]),
  turn(true, (y, x, bottom, right) => [right - x, bottom - y]),
];

export function turned(raster: Raster, { isTransposed, from }: Reorientation): Raster {
  const [width, height] = isTransposed ? [raster.height, raster.width] : [raster.width, raster.height];
  return remapped(raster, width, height, (y, x) => from(y, x, height - 1, width - 1));
}

export function cut(raster: Raster, { x: left, y: top, width, height }: Area): Raster {
  return remapped(raster, width, height, (y, x) => [top + y, left + x]);
}

function remapped(
  { data, channels, width: pitch }: Raster,
  width: number,
  height: number,
  from: (y: number, x: number) => readonly [number, number],
): Raster {
  const pixels = new Uint8Array(width * height * channels);
  for (let at = 0; at < width * height; at++) {
    const [y, x] = from(Math.floor(at / width), at % width);
    const source = (y * pitch + x) * channels;
    pixels.set(data.subarray(source, source + channels), at * channels);
  }
  return { data: pixels, width, height, channels };
}
