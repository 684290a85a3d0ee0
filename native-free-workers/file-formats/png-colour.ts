/** Colour chunks that browsers follow and our decoder ignores. Source: PNG (Third Edition), sections 5 and 11. */
import { crc32, deflateSync } from 'node:zlib';
import { type Chromaticities, displayProfile, type TransferCurve } from './icc-profile.js';

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
  readonly from: number;
  readonly to: number;
  /** Right checksum, before the palette. Decoders disagree about other chunks. */
  readonly isProper: boolean;
}

/** How browsers convert the samples, beyond what the decoder does with `iCCP`. At most one field is there. */
export interface PngColour {
  readonly isAnimated: boolean;
  /** The power for every sample. */
  readonly exponent?: number | undefined;
  /** An ICC profile that says the same as the chunks. */
  readonly profile?: Uint8Array | undefined;
}

const srgbChromaticities: Chromaticities = [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06];
/** By the numbers of ITU-T H.273. */
const primariesOf: Readonly<Record<number, Chromaticities>> = {
  1: srgbChromaticities,
  9: [0.3127, 0.329, 0.708, 0.292, 0.17, 0.797, 0.131, 0.046],
  12: [0.3127, 0.329, 0.68, 0.32, 0.265, 0.69, 0.15, 0.06],
};
const srgbCurve: TransferCurve = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];
const televisionCurve: TransferCurve = [1 / 0.45, 1 / 1.099, 0.099 / 1.099, 1 / 4.5, 0.081];
/** PQ (16) and HLG (18) are missing: they are shown through tone mapping, which differs between viewers. */
const curveOf: Readonly<Record<number, TransferCurve>> = {
  1: televisionCurve,
  4: [2.2],
  5: [2.8],
  6: televisionCurve,
  8: [1],
  13: srgbCurve,
  14: televisionCurve,
  15: televisionCurve,
};
/** Accepts Adobe RGB, P3 and D50 as sRGB (about two bits of a hash), but not swapped primaries. */
const primariesTolerance = 0.12;
/** Gamma that browsers assume for the screen. libpng ignores exponents closer to 1 than the threshold. */
const screenGamma = 2.2;
const gammaThreshold = 0.05;

/** Chunks that contradict each other or the standard count as absent: some viewers show the samples as they are stored. */
export function pngColour(bytes: Uint8Array): PngColour {
  const found = new Map<number, Uint8Array>();
  let isAnimated = false;
  for (const { type, isProper, data } of chunksBeforePixels(bytes)) {
    if (type === chunk.acTL) isAnimated = true;
    else if (isProper && !found.has(type)) found.set(type, data);
  }
  return { isAnimated, ...conversionOf(found, bytes[25] ?? 0, bytes[24] === 16) };
}

/** In the order of PNG, section 4.3: cICP, iCCP, sRGB, then gAMA and cHRM. */
function conversionOf(
  found: ReadonlyMap<number, Uint8Array>,
  colourType: number,
  has16Bits: boolean,
): Omit<PngColour, 'isAnimated'> {
  const isGrey = colourType === 0 || colourType === 4;
  const codePoints = found.get(chunk.cICP);
  if (codePoints) return isGrey ? {} : { profile: profileOfCodePoints(codePoints) };
  if (found.has(chunk.iCCP) || found.has(chunk.sRGB)) return {};
  const gamma = gammaOf(found.get(chunk.gAMA));
  const chromaticities = chromaticitiesOf(found.get(chunk.cHRM));
  if (!isGrey && chromaticities) return { profile: displayProfile(chromaticities, gamma ? [1 / gamma] : srgbCurve) };
  if (gamma === undefined || Math.abs(gamma * screenGamma - 1) <= gammaThreshold) return {};
  // The exponent works on 8 bits. Of 16, they may be those that show nothing.
  return has16Bits && !isGrey
    ? { profile: displayProfile(srgbChromaticities, [1 / gamma]) }
    : { exponent: 1 / (gamma * screenGamma) };
}

function profileOfCodePoints([primaries = 0, transfer = 0, matrix, isFullRange]: Uint8Array): Uint8Array | undefined {
  const [chromaticities, curve] = [primariesOf[primaries], curveOf[transfer]];
  const isPlain = chromaticities === srgbChromaticities && curve === srgbCurve;
  if (matrix !== 0 || isFullRange !== 1 || !chromaticities || !curve || isPlain) return undefined;
  return displayProfile(chromaticities, curve);
}

/** Browsers disagree about a gamma under 0.01 or over 10. */
function gammaOf(data: Uint8Array | undefined): number | undefined {
  if (data?.length !== 4) return undefined;
  const value = new DataView(data.buffer, data.byteOffset).getUint32(0) / 100_000;
  return value < 0.01 || value > 10 ? undefined : value;
}

/** Undefined if they are near those of sRGB. */
function chromaticitiesOf(data: Uint8Array | undefined): Chromaticities | undefined {
  if (data?.length !== 32) return undefined;
  const view = new DataView(data.buffer, data.byteOffset);
  const at = (k: number): number => view.getUint32(k * 4) / 100_000;
  const found: Chromaticities = [at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7)];
  return found.every((value, k) => Math.abs(value - (srgbChromaticities[k] ?? 0)) <= primariesTolerance) ? undefined : found;
}

/** Replaces all colour chunks by one profile, right after the header. */
export function withColourProfile(png: Uint8Array, profile: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [png.subarray(0, 33), iccpChunk(profile)];
  let from = 33;
  for (const { type, from: start, to } of chunksBeforePixels(png)) {
    if (!colourTypes.has(type)) continue;
    parts.push(png.subarray(from, start));
    from = to;
  }
  return Buffer.concat([...parts, png.subarray(from)]);
}

function iccpChunk(profile: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from('iCCPVigie\0\0', 'latin1'), deflateSync(profile)]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
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
      yield { type, data: bytes.subarray(at + 8, end), from: at, to: end + 4, isProper };
    }
    at = end + 4;
  }
}
