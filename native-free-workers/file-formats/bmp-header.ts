/** The header of a Windows or OS/2 bitmap (wingdi.h: BITMAPCOREHEADER, BITMAPINFOHEADER, BITMAPV4HEADER and BITMAPV5HEADER). */

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  readonly compression: 'none' | 'rle4' | 'rle8';
  /** Masks of red, green, blue and alpha in a pixel of 16 or 32 bits. */
  readonly masks: readonly [number, number, number, number];
  /** Offset and number of the colours, and the bytes of each. */
  readonly palette: { readonly at: number; readonly colours: number; readonly bytes: 3 | 4 };
  /** Offset behind header, masks and palette. */
  readonly end: number;
}

const headerSizes: ReadonlySet<number> = new Set([12, 40, 52, 56, 64, 108, 124]);
const bitsOf: Readonly<Record<BmpHeader['compression'], readonly number[]>> = {
  none: [1, 2, 4, 8, 16, 24, 32],
  rle4: [4],
  rle8: [8],
};
const compressions: Readonly<Record<number, BmpHeader['compression']>> = {
  0: 'none',
  1: 'rle8',
  2: 'rle4',
  3: 'none',
  6: 'none',
};

/** @param at offset of the header @returns undefined for variants that browsers do not show, and for other files */
export function readBmpHeader(view: DataView, at: number): BmpHeader | undefined {
  if (at + 12 > view.byteLength) return undefined;
  const size = view.getUint32(at, true);
  if (!headerSizes.has(size) || at + size > view.byteLength) return undefined;
  return size === 12 ? coreHeader(view, at) : infoHeader(view, at, size);
}

function coreHeader(view: DataView, at: number): BmpHeader | undefined {
  const bits = view.getUint16(at + 10, true);
  const colours = bits <= 8 ? 2 ** bits : 0;
  const palette = { at: at + 12, colours, bytes: 3 } as const;
  const [width, height] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
  const header = { width, height, isTopDown: false, bits, compression: 'none', masks: plainMasks(bits), palette } as const;
  return proper({ ...header, end: palette.at + colours * 3 });
}

function infoHeader(view: DataView, at: number, size: number): BmpHeader | undefined {
  const height = view.getInt32(at + 8, true);
  const bits = view.getUint16(at + 14, true);
  const code = view.getUint32(at + 16, true);
  // In the header of OS/2, 3 means Huffman and 4 means RLE24.
  const compression = size === 64 && code > 2 ? undefined : compressions[code];
  const hasMasks = code === 3 || code === 6;
  if (!compression || (hasMasks && bits !== 16 && bits !== 32)) return undefined;
  const behind = size === 40 && hasMasks ? (code === 6 ? 16 : 12) : 0;
  const masks = hasMasks ? masksAt(view, at + 40, size >= 56 || code === 6) : plainMasks(bits);
  if (!masks) return undefined;
  const given = view.getUint32(at + 32, true);
  const colours = bits <= 8 ? Math.min(given || 2 ** bits, 2 ** bits) : 0;
  const palette = { at: at + size + behind, colours, bytes: 4 } as const;
  const header = {
    width: view.getInt32(at + 4, true),
    height: Math.abs(height),
    isTopDown: height < 0,
    bits,
    compression,
    masks,
  };
  return proper({ ...header, palette, end: palette.at + colours * 4 });
}

function masksAt(view: DataView, at: number, hasAlpha: boolean): BmpHeader['masks'] | undefined {
  if (at + (hasAlpha ? 16 : 12) > view.byteLength) return undefined;
  const mask = (k: number): number => view.getUint32(at + 4 * k, true);
  return [mask(0), mask(1), mask(2), hasAlpha ? mask(3) : 0];
}

function plainMasks(bits: number): BmpHeader['masks'] {
  return bits === 16 ? [0x7c00, 0x03e0, 0x001f, 0] : [0xff0000, 0xff00, 0xff, 0];
}

function proper(header: BmpHeader): BmpHeader | undefined {
  const { width, height, bits, compression, isTopDown } = header;
  const isAllowed = bitsOf[compression].includes(bits) && !(isTopDown && compression !== 'none');
  return width > 0 && height > 0 && isAllowed ? header : undefined;
}
