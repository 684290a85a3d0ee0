/** Windows icons: several pictures of one thing, each a PNG or a bitmap with a mask. */
import sharp from 'sharp';
import { readBmpHeader } from '../../file-formats/bmp-header.js';
import type { ImageLimits } from '../../image-task.js';
import type { Size } from '../reduced-size.js';
import { RefusedImage } from '../refused-image.js';
import { readBitmap, showIfAllTransparent } from './bmp.js';
import { type Page, type Pages, PixelBudget, pageOfFile, pageOfPixels } from './page.js';

interface Entry {
  readonly page: number;
  readonly area: number;
  readonly bits: number;
  readonly bytes: Uint8Array;
}

const pngMagic = '\x89PNG';
const directoryEntrySize = 16;

/** The largest picture first, which browsers show. @throws RefusedImage */
export function readIcon(bytes: Uint8Array, limits: ImageLimits): Pages {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const of = bytes.length < 6 ? 0 : view.getUint16(4, true);
  if (of === 0) throw new RefusedImage('truncated');
  const entries = Array.from({ length: Math.min(of, limits.maxFrames) }, (_, page) => entryOf(bytes, view, page));
  const held = entries.filter((entry) => entry !== undefined);
  held.sort((a, b) => b.area - a.area || b.bits - a.bits);
  return { of, pages: readEntries(held, limits) };
}

/** In the directory, a side of 0 means 256. */
function entryOf(bytes: Uint8Array, view: DataView, page: number): Entry | undefined {
  const at = 6 + page * directoryEntrySize;
  if (at + directoryEntrySize > bytes.length) return undefined;
  const from = view.getUint32(at + 12, true);
  const content = bytes.subarray(from, from + view.getUint32(at + 8, true));
  const area = (view.getUint8(at) || 256) * (view.getUint8(at + 1) || 256);
  return content.length < 16 ? undefined : { page, area, bits: view.getUint16(at + 6, true), bytes: content };
}

/** Skips pictures that cannot be decoded, unless none can. */
async function* readEntries(entries: readonly Entry[], limits: ImageLimits): AsyncGenerator<Page> {
  const budget = new PixelBudget(limits);
  let skipped: unknown = new RefusedImage('truncated');
  let hasAny = false;
  for (const { page, bytes } of entries) {
    try {
      const read = isPng(bytes) ? await readPng(page, bytes, budget) : await readIconBitmap(page, bytes, budget);
      if (!read) return;
      hasAny = true;
      yield read;
    } catch (error) {
      if (error instanceof RefusedImage && error.refusal === 'too_many_pixels') throw error;
      skipped = error;
    }
  }
  if (!hasAny) throw skipped;
}

const isPng = (bytes: Uint8Array): boolean => String.fromCharCode(...bytes.subarray(0, 4)) === pngMagic;

async function readPng(page: number, bytes: Uint8Array, budget: PixelBudget): Promise<Page | undefined> {
  const options = { failOn: 'none', limitInputPixels: budget.limits.maxPixels } as const;
  const { autoOrient } = await sharp(bytes, options).metadata();
  return budget.take(autoOrient) ? pageOfFile(page, bytes, autoOrient, options) : undefined;
}

/** The height counts the mask too. Bits that are set in the mask are transparent. Four-byte pixels have their own alpha. */
async function readIconBitmap(page: number, bytes: Uint8Array, budget: PixelBudget): Promise<Page | undefined> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stated = readBmpHeader(view, 0);
  if (!stated || stated.height < 2) throw new RefusedImage('unsupported_format');
  const masks = stated.bits === 32 ? ([0xff0000, 0xff00, 0xff, 0xff000000] as const) : stated.masks;
  const header = { ...stated, height: Math.floor(stated.height / 2), masks };
  if (!budget.take(header)) return undefined;
  const { isDamaged, ...bitmap } = readBitmap(view, header, header.end);
  if (header.bits < 32) {
    applyMask(bitmap, view, header.end + rowBytes(header.width, header.bits) * header.height);
    showIfAllTransparent(bitmap.data);
  }
  return pageOfPixels(page, bitmap, isDamaged);
}

const rowBytes = (width: number, bits: number): number => Math.ceil((width * bits) / 32) * 4;

function applyMask({ width, height, data }: Size & { readonly data: Uint8Array }, view: DataView, from: number): void {
  const stride = rowBytes(width, 1);
  for (let row = 0; row < height && from + (row + 1) * stride <= view.byteLength; row++) {
    for (let x = 0; x < width; x++) {
      const isClear = (view.getUint8(from + row * stride + (x >> 3)) >> (7 - (x & 7))) & 1;
      if (isClear) data[((height - 1 - row) * width + x) * 4 + 3] = 0;
    }
  }
}
