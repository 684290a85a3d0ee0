/** Which ICC profiles need no conversion. Source: ICC.1:2022, matrix/TRC display profiles. */

const tagTable = 128;
/** D50-adapted sRGB colorants as the common profiles have them, X Y Z in s15Fixed16 times 65 536; makers differ by under 0.002. */
const colorants: Readonly<Record<string, readonly number[]>> = {
  rXYZ: [0.436, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};
const tolerance = 0.002;
/** The tone curve at half of its input; sRGB is 0.214. */
const half = { least: 0.209, most: 0.219 };
const harmless = new Set([
  'rTRC',
  'gTRC',
  'bTRC',
  'desc',
  'cprt',
  'wtpt',
  'bkpt',
  'chad',
  'dmnd',
  'dmdd',
  'vued',
  'view',
  'lumi',
  'meas',
  'tech',
  'mmod',
  'dscm',
  'chrm',
]);

/**
 * True when the profile is sRGB described by three colorants and three curves and nothing that could say otherwise: a table tag
 * (`A2B0`, ...) overrides them, and a hostile profile may carry both. False for whatever is not understood.
 */
export function isPlainSrgb(icc: Uint8Array): boolean {
  if (icc.length < tagTable + 4) return false;
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const text = (at: number): string => String.fromCharCode(...icc.subarray(at, at + 4));
  const count = view.getUint32(tagTable);
  if (count > 64 || tagTable + 4 + count * 12 > icc.length || text(16) !== 'RGB ' || text(20) !== 'XYZ ') return false;
  const tags = new Map<string, { readonly at: number; readonly size: number }>();
  for (let k = 0; k < count; k++) {
    const tag = tagTable + 4 + k * 12;
    const place = { at: view.getUint32(tag + 4), size: view.getUint32(tag + 8) };
    if (place.at + place.size > icc.length) return false;
    tags.set(text(tag), place);
  }
  const isCurve = (name: string): boolean => isSrgbCurve(view, tags.get(name));
  return (
    [...tags.keys()].every((name) => harmless.has(name) || name in colorants) &&
    Object.entries(colorants).every(([name, wanted]) => isColorant(view, tags.get(name), wanted)) &&
    ['rTRC', 'gTRC', 'bTRC'].every(isCurve)
  );
}

type Place = { readonly at: number; readonly size: number } | undefined;

function isColorant(view: DataView, place: Place, wanted: readonly number[]): boolean {
  if (!place || place.size < 20) return false;
  return wanted.every((value, k) => Math.abs(view.getInt32(place.at + 8 + k * 4) / 65_536 - value) < tolerance);
}

/** A sampled curve that rises from 0 to 1 through sRGB's middle; or sRGB's parametric one. */
function isSrgbCurve(view: DataView, place: Place): boolean {
  if (!place || place.size < 12) return false;
  const kind = view.getUint32(place.at);
  const isMiddle = (value: number): boolean => value > half.least && value < half.most;
  if (kind === 0x70617261 && place.size >= 32 && view.getUint16(place.at + 8) === 3) {
    const [gamma = 0, a = 0, b = 0] = [12, 16, 20].map((offset) => view.getInt32(place.at + offset) / 65_536);
    return isMiddle((a / 2 + b) ** gamma);
  }
  const samples = view.getUint32(place.at + 8);
  if (kind !== 0x63757276 || samples < 64 || samples * 2 + 12 > place.size) return false;
  const sample = (k: number): number => view.getUint16(place.at + 12 + k * 2);
  for (let k = 1; k < samples; k++) if (sample(k) < sample(k - 1)) return false;
  return sample(0) < 656 && sample(samples - 1) > 64_880 && isMiddle(sample(samples >> 1) / 65_535);
}
