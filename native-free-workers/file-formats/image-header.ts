/** Reads the header of a JPEG or PNG in microseconds; libvips takes 0.4 ms. */
import type { DecodedFormat } from '../image-task.js';

export interface ImageHeader {
  readonly width: number;
  readonly height: number;
  /** One channel besides alpha. */
  readonly isGrey: boolean;
  readonly mayHaveExif: boolean;
}

/** Undefined for CMYK, ICC profiles and unclear headers. The size is before EXIF orientation. */
export function readSimpleHeader(bytes: Uint8Array, format: DecodedFormat): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === 'jpeg') return jpegHeader(view);
  return format === 'png' ? pngHeader(view) : undefined;
}

/**
 * Walks the segments to the first scan (ITU-T T.81, table B.1). Gives up if anything lies between two, because a decoder might
 * then find another header.
 */
function jpegHeader(view: DataView): ImageHeader | undefined {
  let frame: Omit<ImageHeader, 'mayHaveExif'> | undefined;
  let mayHaveExif = false;
  for (let at = 2; at + 12 <= view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === startOfScan) return frame && { ...frame, mayHaveExif };
    if (isFrameHeader(marker)) {
      const components = view.getUint8(at + 9);
      if (frame || (components !== 1 && components !== 3)) return undefined;
      frame = { width: view.getUint16(at + 7), height: view.getUint16(at + 5), isGrey: components === 1 };
    } else if (!isSkipped(marker)) return undefined;
    // EXIF is in APP1.
    if (marker === 0xffe1) mayHaveExif = true;
    if (view.getUint16(at + 2) < 2) return undefined;
  }
  return undefined;
}

const startOfScan = 0xffda;

/** SOF0 to SOF15 without DHT, JPG and DAC. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc;
}

/** All but APP2, which holds ICC profiles. */
function isSkipped(marker: number): boolean {
  const isApplication = marker >= 0xffe0 && marker <= 0xffef && marker !== 0xffe2;
  return isApplication || [0xffc4, 0xffcc, 0xffdb, 0xffdd, 0xfffe].includes(marker);
}

/** A chunk iCCP before IDAT holds a profile (PNG, section 11). */
function pngHeader(view: DataView): ImageHeader | undefined {
  if (view.byteLength < 33 || view.getUint32(12) !== 0x49484452) return undefined;
  for (let at = 33; at + 8 <= view.byteLength; at += 12 + view.getUint32(at)) {
    const chunk = view.getUint32(at + 4);
    if (chunk === 0x69434350) return undefined;
    if (chunk === 0x49444154) {
      const colour = view.getUint8(25);
      return { width: view.getUint32(16), height: view.getUint32(20), isGrey: colour === 0 || colour === 4, mayHaveExif: true };
    }
  }
  return undefined;
}
