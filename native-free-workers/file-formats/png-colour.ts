/** Colour chunks that browsers follow and our decoder ignores. Source: PNG (Third Edition), sections 5 and 11. */
import { crc32 } from 'node:zlib';

/** As numbers: a file of 20 MiB can have two million chunks. */
const chunk = {
  IDAT: 0x49444154,
  PLTE: 0x504c5445,
  acTL: 0x6163544c,
  cHRM: 0x6348524d,
  cICP: 0x63494350,
  gAMA: 0x67414d41,
  iCCP: 0x69434350,
  sRGB: 0x73524742,
} as const;
const colourTypes: ReadonlySet<number> = new Set([chunk.cHRM, chunk.cICP, chunk.gAMA, chunk.iCCP, chunk.sRGB]);

interface Chunk {
  readonly type: number;
  readonly data: Uint8Array;
  /** Right checksum, before the palette. Decoders disagree about other chunks. */
  readonly isProper: boolean;
}

/** `exponent`: the power for every sample, if any. */
export type PngColour = 'unknown' | { readonly exponent: number | undefined };

/** White point, red, green and blue of sRGB: x and y times 100 000. */
const primaries = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
/** Accepts Adobe RGB, P3 and D50 (about two bits of a hash), but not swapped primaries. */
const primariesTolerance = 12_000;
/** Gamma that browsers assume for the screen. libpng ignores exponents closer to 1 than the threshold. */
const screenGamma = 2.2;
const gammaThreshold = 0.05;

/** `unknown`: browsers show something that libvips does not decode. */
export function pngColour(bytes: Uint8Array): PngColour {
  const found = new Map<number, Chunk>();
  for (const one of chunksBeforePixels(bytes)) {
    // Some encoders write sRGB after the palette (4 of 6258 PNGs in Debian).
    if (one.type === chunk.sRGB && !one.isProper && found.size === 0) continue;
    if (one.type === chunk.acTL || !one.isProper || found.has(one.type)) return 'unknown';
    found.set(one.type, one);
  }
  const [codePoints, chromaticities, gamma] = [chunk.cICP, chunk.cHRM, chunk.gAMA].map((type) => found.get(type)?.data);
  if (codePoints && codePoints.join() !== '1,13,0,1') return 'unknown'; // H.273: BT.709 primaries, sRGB curve, full range
  const isSrgb = codePoints !== undefined || found.has(chunk.sRGB);
  if (isSrgb && found.has(chunk.iCCP)) return 'unknown'; // viewers disagree about which one counts
  if (isSrgb || found.has(chunk.iCCP)) return { exponent: undefined };
  if (chromaticities && !isNearSrgb(chromaticities)) return 'unknown';
  return gamma ? exponentOf(gamma, bytes[24] === 16) : { exponent: undefined };
}

function* chunksBeforePixels(bytes: Uint8Array): Generator<Chunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hasPalette = false;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 8 + view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (type === chunk.IDAT || end + 4 > bytes.length) return;
    hasPalette ||= type === chunk.PLTE;
    if (type === chunk.acTL || colourTypes.has(type)) {
      const isProper = !hasPalette && crc32(bytes.subarray(at + 4, end)) === view.getUint32(end);
      yield { type, data: bytes.subarray(at + 8, end), isProper };
    }
    at = end + 4;
  }
}

function isNearSrgb(chromaticities: Uint8Array): boolean {
  if (chromaticities.length !== 32) return false;
  const view = new DataView(chromaticities.buffer, chromaticities.byteOffset);
  return primaries.every((wanted, k) => Math.abs(view.getUint32(k * 4) - wanted) <= primariesTolerance);
}

/** Chromium's rule. Browsers disagree about a gamma under 0.01 or over 10. Of 16 bits, we may keep the 8 that show nothing. */
function exponentOf(gamma: Uint8Array, has16Bits: boolean): PngColour {
  if (gamma.length !== 4) return 'unknown';
  const value = new DataView(gamma.buffer, gamma.byteOffset).getUint32(0) / 100_000;
  if (Math.abs(value * screenGamma - 1) <= gammaThreshold) return { exponent: undefined };
  return value < 0.01 || value > 10 || has16Bits ? 'unknown' : { exponent: 1 / (value * screenGamma) };
}
