/**
 * Shrinks pixels as libvips does on the server (vips_resize with a linear kernel), with the same rounding. An integer box comes
 * first, then a triangle; rows first, then columns. Source: libvips 8.17, resample/shrinkv.c, reducev.cpp and templates.h.
 */

/** Rows of equal length, one after the other. */
export interface Rows {
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly count: number;
  readonly length: number;
}

/** The box leaves at least this factor to the triangle. */
const gap = 2;
/** Positions between two rows, and the scale of the weights, in libvips' fixed-point arithmetic. */
const [positions, weightBits] = [64, 12];

export function boxFactor(count: number, target: number): number {
  return Math.max(1, Math.floor(count / target / gap));
}

/** Means of `factor` rows each. The last row repeats, if it must. */
export function boxRows({ data, count, length }: Rows, factor: number): Rows {
  const outCount = Math.ceil(count / factor);
  const out = new Uint8Array(outCount * length);
  const sums = new Uint32Array(length);
  for (let row = 0; row < outCount; row++) {
    sums.fill(factor >> 1);
    for (let k = 0; k < factor; k++) {
      const from = Math.min(count - 1, row * factor + k) * length;
      for (let at = 0; at < length; at++) sums[at] = (sums[at] ?? 0) + (data[from + at] ?? 0);
    }
    for (let at = 0; at < length; at++) out[row * length + at] = Math.floor((sums[at] ?? 0) / factor);
  }
  return { data: out, count: outCount, length };
}

/** @param shrink how many rows become one */
export function triangleRows({ data, count, length }: Rows, target: number, shrink: number): Rows {
  const points = 2 * Math.round(shrink) + 1;
  const masks = Array.from({ length: positions + 1 }, (_, k) => maskAt(k / positions, points, shrink));
  // Rows that are left over are left out at both ends.
  const offset = (1 + target * shrink - count) / 2 - 1;
  const before = Math.ceil(points / 2) - 1;
  const out = new Uint8ClampedArray(target * length);
  const sums = new Int32Array(length);
  for (let row = 0; row < target; row++) {
    const centre = (row + 0.5) * shrink - 0.5 - offset;
    const position = Math.trunc(centre * positions * 2) & (positions * 2 - 1);
    const mask = masks[(position + 1) >> 1] ?? [];
    sums.fill(1 << (weightBits - 1));
    for (let k = 0; k < points; k++) {
      const from = Math.min(count - 1, Math.max(0, Math.trunc(centre) - before + k)) * length;
      const weight = mask[k] ?? 0;
      if (weight !== 0) for (let at = 0; at < length; at++) sums[at] = (sums[at] ?? 0) + weight * (data[from + at] ?? 0);
    }
    for (let at = 0; at < length; at++) out[row * length + at] = (sums[at] ?? 0) >> weightBits;
  }
  return { data: out, count: target, length };
}

function maskAt(x: number, points: number, shrink: number): number[] {
  const half = x + points / 2 - 1;
  const weights = Array.from({ length: points }, (_, k) => Math.max(0, 1 - Math.abs((k - half) / shrink)));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => Math.trunc((weight / sum) * (1 << weightBits)));
}

/** Both steps. */
export function reduceRows(rows: Rows, target: number): Rows {
  const factor = boxFactor(rows.count, target);
  const boxed = factor > 1 ? boxRows(rows, factor) : rows;
  return triangleRows(boxed, target, rows.count / target / factor);
}

/** Columns become rows. `channels`: bytes of one pixel. */
export function transposed({ data, count, length }: Rows, channels: number): Rows {
  const width = length / channels;
  const out = new Uint8Array(data.length);
  for (let y = 0; y < count; y++) {
    for (let x = 0; x < width; x++) {
      for (let k = 0; k < channels; k++) out[(x * count + y) * channels + k] = data[y * length + x * channels + k] ?? 0;
    }
  }
  return { data: out, count: width, length: count * channels };
}
