/**
 * Bitmaps as browsers show them. docs/decisions/0022-more-image-formats.md says why this is our own code.
 *
 * The reader writes four bytes per pixel and reads only inside the file. Pixels that the file does not hold stay transparent.
 */
import { type BmpHeader, readBmpHeader } from '../../file-formats/bmp-header.js';
import type { ImageLimits } from '../../image-task.js';
import { RefusedImage } from '../refused-image.js';
import { readRunLengths } from './bmp-run-lengths.js';
import { paint, type Target } from './bmp-target.js';
import { type Pages, PixelBudget, pageOfPixels } from './page.js';

const fileHeaderSize = 14;

export interface Bitmap {
  /** Red, green, blue, alpha. */
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 4;
  readonly isDamaged: boolean;
}

/** @throws RefusedImage */
export function readBmp(bytes: Uint8Array, limits: ImageLimits): Pages {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < fileHeaderSize + 12) throw new RefusedImage('truncated');
  const header = readBmpHeader(view, fileHeaderSize);
  if (!header) throw new RefusedImage('unsupported_format');
  new PixelBudget(limits).take(header);
  const bitmap = readBitmap(view, header, view.getUint32(10, true));
  return { of: 1, pages: onePage(bitmap) };
}

async function* onePage({ isDamaged, ...pixels }: Bitmap) {
  yield await pageOfPixels(0, pixels, isDamaged);
}

/** @param from offset of the pixels @throws RefusedImage if the file holds no row */
export function readBitmap(view: DataView, header: BmpHeader, from: number): Bitmap {
  const { width, height, bits, compression } = header;
  const stride = Math.ceil((width * bits) / 32) * 4;
  if (from >= view.byteLength || (compression === 'none' && from + stride > view.byteLength)) throw new RefusedImage('truncated');
  const data = new Uint8Array(width * height * 4);
  const target = { view, header, data, palette: paletteOf(view, header) };
  const isWhole = compression === 'none' ? readRows(target, from, stride) : readRunLengths(target, from);
  if (compression === 'none' && header.masks[3] !== 0) showIfAllTransparent(data);
  return { data, width, height, channels: 4, isDamaged: !isWhole };
}

function paletteOf(view: DataView, { palette: { at, colours, bytes } }: BmpHeader): Uint8Array {
  const palette = new Uint8Array(256 * 3);
  for (let k = 0; k < colours && at + k * bytes + 3 <= view.byteLength; k++) {
    for (let c = 0; c < 3; c++) palette[k * 3 + c] = view.getUint8(at + k * bytes + 2 - c);
  }
  return palette;
}

/** @returns whether the file holds all rows */
function readRows(target: Target, from: number, stride: number): boolean {
  const { view, header } = target;
  const { width, height, isTopDown, bits } = header;
  const rows = Math.min(height, Math.floor((view.byteLength - from) / stride));
  const readRow = bits <= 8 ? readPaletteRow : bits === 24 ? readRgbRow : maskedRowReader(header);
  for (let row = 0; row < rows; row++) {
    readRow(target, from + row * stride, (isTopDown ? row : height - 1 - row) * width * 4);
  }
  return rows === height;
}

function readPaletteRow({ view, header: { width, bits }, data, palette }: Target, from: number, to: number): void {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  for (let x = 0; x < width; x++) {
    const shift = 8 - bits - (x % perByte) * bits;
    const colour = (view.getUint8(from + Math.floor(x / perByte)) >> shift) & mask;
    paint(data, to + x * 4, palette, colour);
  }
}

function readRgbRow({ view, header: { width }, data }: Target, from: number, to: number): void {
  for (let x = 0; x < width; x++) {
    for (let c = 0; c < 3; c++) data[to + x * 4 + c] = view.getUint8(from + x * 3 + 2 - c);
    data[to + x * 4 + 3] = 255;
  }
}

function maskedRowReader({ bits, masks }: BmpHeader) {
  const fields = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    const max = mask >>> shift;
    return { mask, shift, scale: max === 0 ? 0 : 255 / max };
  });
  return ({ view, header: { width }, data }: Target, from: number, to: number): void => {
    for (let x = 0; x < width; x++) {
      const pixel = bits === 16 ? view.getUint16(from + x * 2, true) : view.getUint32(from + x * 4, true);
      const at = to + x * 4;
      for (let c = 0; c < 4; c++) {
        const field = fields[c];
        if (field) data[at + c] = Math.round(((pixel & field.mask) >>> field.shift) * field.scale);
      }
      if (masks[3] === 0) data[at + 3] = 255;
    }
  };
}

/** Many programs leave alpha at 0. Browsers show such a picture as opaque. */
export function showIfAllTransparent(data: Uint8Array): void {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) return;
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
}
