import { columns, luma, padded, pixels, rows } from './memory';

/** Luma in float32. The last vector of a row reads beyond it and writes into the padding, which is never used. */
export function computeLuma(channels: i32): void {
  const pitch = <usize>columns * <usize>channels;
  const stride = <usize>padded(columns) * 4;
  for (let row = 0; row < rows; row++) {
    const from = pixels + <usize>row * pitch;
    const to = luma + <usize>row * stride;
    if (channels == 3) readRgb(from, from + pitch, to);
    else if (channels == 4) readRgba(from, from + pitch, to);
    else readGrey(from, from + pitch, to);
  }
}

function readGrey(from: usize, end: usize, to: usize): void {
  for (; from < end; from += 4, to += 16) {
    v128.store(to, f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(from)))));
  }
}

/** A byte shuffle widens one channel of four pixels; out-of-range lanes give zero. */
function readRgb(from: usize, end: usize, to: usize): void {
  for (; from < end; from += 12, to += 16) {
    const bytes = v128.load(from);
    const red = i8x16.swizzle(bytes, i8x16(0, -1, -1, -1, 3, -1, -1, -1, 6, -1, -1, -1, 9, -1, -1, -1));
    const green = i8x16.swizzle(bytes, i8x16(1, -1, -1, -1, 4, -1, -1, -1, 7, -1, -1, -1, 10, -1, -1, -1));
    const blue = i8x16.swizzle(bytes, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
    v128.store(to, weighed(red, green, blue));
  }
}

function readRgba(from: usize, end: usize, to: usize): void {
  const low = i32x4.splat(0xff);
  for (; from < end; from += 16, to += 16) {
    const pixels = v128.load(from);
    const green = v128.and(i32x4.shr_u(pixels, 8), low);
    v128.store(to, weighed(v128.and(pixels, low), green, v128.and(i32x4.shr_u(pixels, 16), low)));
  }
}

/** Signed conversions take one instruction instead of eight on x86. */
// @ts-ignore: decorator
@inline
function weighed(red: v128, green: v128, blue: v128): v128 {
  const first = f32x4.mul(f32x4.splat(0.299), f32x4.convert_i32x4_s(red));
  const second = f32x4.mul(f32x4.splat(0.587), f32x4.convert_i32x4_s(green));
  return f32x4.add(f32x4.add(first, second), f32x4.mul(f32x4.splat(0.114), f32x4.convert_i32x4_s(blue)));
}
