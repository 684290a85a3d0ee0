/** Reads the claimed size before anything is decoded, so that a small file with a huge picture costs nothing. */
import { readBmpHeader } from '../../../../native-free-workers/file-formats/bmp-header.js';
import { boxesOf } from '../../../../native-free-workers/file-formats/iso-media.js';
import { webpPixels } from '../../../../native-free-workers/file-formats/webp-size.js';
import type { BrowserFormat } from './kind-of-file.ts';

export interface Claim {
  readonly pixels: number;
  /** One channel besides alpha. PDQ takes it as luma. */
  readonly isGrey: boolean;
}

/** Undefined if the header is unclear. */
export function claimOf(bytes: Uint8Array, format: BrowserFormat): Claim | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readers[format](view, bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

type Read = (view: DataView, bytes: Uint8Array) => Claim | undefined;

const coloured = (pixels: number): Claim => ({ pixels, isGrey: false });

const readers: Readonly<Record<BrowserFormat, Read>> = {
  jpeg: largestJpegFrame,
  png: (view) => ({ pixels: view.getUint32(16) * view.getUint32(20), isGrey: [0, 4].includes(view.getUint8(25)) }),
  gif: (view) => coloured(view.getUint16(6, true) * view.getUint16(8, true)),
  webp: (_view, bytes) => coloured(webpPixels(bytes)),
  bmp: (view) => {
    const header = readBmpHeader(view, 14);
    return header && coloured(header.width * header.height);
  },
  ico: () => coloured(256 * 256),
  avif: largestItem,
  // Chromium and Firefox show no TIFF, and this page has no reader for JPEG XL: the browser says what it thinks of them.
  tiff: () => undefined,
  jxl: () => undefined,
};

/** Of all frame headers (ITU-T T.81, table B.1), because decoders disagree about which one counts. */
function largestJpegFrame(view: DataView): Claim | undefined {
  let found: Claim | undefined;
  for (let at = 2; at + 10 <= view.byteLength; ) {
    const marker = view.getUint8(at) === 0xff ? view.getUint8(at + 1) : undefined;
    if (marker === undefined || marker === 0xff || marker === 0) at++;
    else if (marker === 0xda) break;
    else if (marker === 0xd8 || (marker >= 0xd0 && marker <= 0xd7) || marker === 1) at += 2;
    else {
      if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
        const pixels = view.getUint16(at + 5) * view.getUint16(at + 7);
        if (!found || pixels > found.pixels) found = { pixels, isGrey: view.getUint8(at + 9) === 1 };
      }
      at += 2 + view.getUint16(at + 2);
    }
  }
  return found;
}

/** Every item and every tile has its size in a box `ispe` (ISO/IEC 23008-12, 6.5.3). */
function largestItem(view: DataView, bytes: Uint8Array): Claim | undefined {
  let pixels = 0;
  for (const { type, from, to } of boxesOf(bytes)) {
    if (type === 'ispe' && from + 12 <= to) pixels = Math.max(pixels, view.getUint32(from + 4) * view.getUint32(from + 8));
  }
  return pixels > 0 ? coloured(pixels) : undefined;
}
