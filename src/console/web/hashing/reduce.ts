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

/** The first and third byte of a pixel, or the second and fourth: one addition sums two channels. */
const pair = 0x00ff00ff;

/**
 * Means of blocks of pixels of four bytes: `boxRows`, then the same of columns, with the rounding of both. The last row and
 * column repeat, if they must. The data must begin at a multiple of four bytes.
 *
 * @param block 1, 2, 4 or 8 pixels. A sum of eight bytes then stays in its half of a word.
 */
export function boxBlocks({ data, count, length }: Rows, block: number): Rows {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, data.length / 4);
  const width = length / 4;
  const [outWidth, outCount] = [Math.ceil(width / block), Math.ceil(count / block)];
  const out = new Uint32Array(outWidth * outCount);
  const shift = Math.log2(block);
  const half = (block >> 1) * 0x00010001;
  const starts = new Uint32Array(block);
  for (let row = 0; row < outCount; row++) {
    for (let k = 0; k < block; k++) starts[k] = Math.min(count - 1, row * block + k) * width;
    for (let x = 0; x < outWidth; x++) {
      let even = half;
      let odd = half;
      for (let i = 0; i < block; i++) {
        const column = Math.min(width - 1, x * block + i);
        let evenOfColumn = half;
        let oddOfColumn = half;
        for (let k = 0; k < block; k++) {
          const pixel = pixels[(starts[k] ?? 0) + column] ?? 0;
          evenOfColumn += pixel & pair;
          oddOfColumn += (pixel >>> 8) & pair;
        }
        even += (evenOfColumn >>> shift) & pair;
        odd += (oddOfColumn >>> shift) & pair;
      }
      out[row * outWidth + x] = ((even >>> shift) & pair) | (((odd >>> shift) & pair) << 8);
    }
  }
  return { data: new Uint8Array(out.buffer), count: outCount, length: outWidth * 4 };
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
