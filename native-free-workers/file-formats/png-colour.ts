/** What a PNG says before its pixels that no decoder of ours heeds, and browsers do. Source: PNG (Third Edition), sections 5 and 11. */
import { crc32 } from 'node:zlib';

/** Types of chunks as numbers: a file of 20 MiB can be two million chunks, and text would have to be made of each. */
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
  /** Its content. */
  readonly data: Uint8Array;
  /** Checksum right and, as colour chunks must be, before the palette: decoders differ in whether they heed one that is not. */
  readonly isProper: boolean;
}

/** How the samples are to be shown. `exponent`: each is raised to it first; undefined where they are sRGB, or what the profile says. */
export type PngColour = 'unknown' | { readonly exponent: number | undefined };

/** White, red, green and blue of sRGB, x and y times 100 000. */
const primaries = [31_270, 32_900, 64_000, 33_000, 30_000, 60_000, 15_000, 6_000];
/** Adobe RGB, P3 and D50 are within it: they move a hash by two bits or so, where swapped primaries show another picture. */
const primariesTolerance = 12_000;
/** The gamma of the screen, as browsers have it; libpng leaves samples alone that would be changed by an exponent this near to 1. */
const screenGamma = 2.2;
const gammaThreshold = 0.05;

/** Animation (APNG), or any colour that is not understood: browsers then show something that libvips does not decode. */
export function pngColour(bytes: Uint8Array): PngColour {
  const found = new Map<number, Chunk>();
  for (const one of chunksBeforePixels(bytes)) {
    // Some encoders write it behind the palette (4 of 6258 PNGs of a Debian): alone it says what holds without it.
    if (one.type === chunk.sRGB && !one.isProper && found.size === 0) continue;
    if (one.type === chunk.acTL || !one.isProper || found.has(one.type)) return 'unknown';
    found.set(one.type, one);
  }
  const [codePoints, chromaticities, gamma] = [chunk.cICP, chunk.cHRM, chunk.gAMA].map((type) => found.get(type)?.data);
  if (codePoints && codePoints.join() !== '1,13,0,1') return 'unknown'; // BT.709 primaries, sRGB's curve, full range (H.273)
  const isSrgb = codePoints !== undefined || found.has(chunk.sRGB);
  if (isSrgb && found.has(chunk.iCCP)) return 'unknown'; // some show the first of the two, others the profile
  if (isSrgb || found.has(chunk.iCCP)) return { exponent: undefined };
  if (chromaticities && !isNearSrgb(chromaticities)) return 'unknown';
  return gamma ? exponentOf(gamma, bytes[24] === 16) : { exponent: undefined };
}

/** Those that count, up to the first of pixels; one that ends behind the file is left to the decoder. */
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

/**
 * Chromium's rule. Beyond 0.01 and 10 browsers disagree on what is a gamma at all, and of 16 bits the 8 that we keep may be those
 * that show nothing.
 */
function exponentOf(gamma: Uint8Array, has16Bits: boolean): PngColour {
  if (gamma.length !== 4) return 'unknown';
  const value = new DataView(gamma.buffer, gamma.byteOffset).getUint32(0) / 100_000;
  if (Math.abs(value * screenGamma - 1) <= gammaThreshold) return { exponent: undefined };
  return value < 0.01 || value > 10 || has16Bits ? 'unknown' : { exponent: 1 / (value * screenGamma) };
}
