/** Recognises ICC profiles that need no conversion. Source: ICC.1:2022, matrix/TRC display profiles. */

const tagTable = 128;
/** XYZ, D50-adapted. Common profiles differ by less than `tolerance`. */
const colorants: Readonly<Record<string, readonly number[]>> = {
  rXYZ: [0.436, 0.2225, 0.0139],
  gXYZ: [0.3851, 0.7169, 0.0971],
  bXYZ: [0.1431, 0.0606, 0.7141],
};
const tolerance = 0.002;
const inputs = Array.from({ length: 256 }, (_, k) => k / 255);
/** Other tags can override the matrix, as `A2B0`, `D2B0` and `cicp` do. */
const harmless = new Set([
  ...['desc', 'cprt', 'wtpt', 'bkpt', 'chad', 'dmnd', 'dmdd', 'vued'],
  ...['view', 'lumi', 'meas', 'tech', 'mmod', 'dscm', 'chrm'],
]);
const curves = ['rTRC', 'gTRC', 'bTRC'];

/** A wrong `false` costs only a conversion. */
export function isPlainSrgb(icc: Uint8Array): boolean {
  const view = new DataView(icc.buffer, icc.byteOffset, icc.byteLength);
  const tags = tagsOf(view);
  return (
    tags !== undefined &&
    [...tags.keys()].every((name) => harmless.has(name) || curves.includes(name) || name in colorants) &&
    Object.entries(colorants).every(([name, wanted]) => isColorant(view, tags.get(name), wanted)) &&
    curves.every((name) => isSrgbCurve(view, tags.get(name)))
  );
}

/** Undefined if a name repeats, because engines disagree about which tag counts. */
function tagsOf(view: DataView): Map<string, NonNullable<Place>> | undefined {
  if (view.byteLength < tagTable + 4) return undefined;
  const text = (at: number): string => String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(at + k)));
  // Class, colour space, connection space.
  if (text(12) + text(16) + text(20) + text(36) !== 'mntrRGB XYZ acsp') return undefined;
  const [end, count] = [view.getUint32(0), view.getUint32(tagTable)];
  if (end > view.byteLength || count > 64 || tagTable + 4 + count * 12 > end) return undefined;
  const tags = new Map<string, NonNullable<Place>>();
  for (let k = 0; k < count; k++) {
    const tag = tagTable + 4 + k * 12;
    const place = { at: view.getUint32(tag + 4), size: view.getUint32(tag + 8) };
    if (place.at + place.size > end || tags.has(text(tag))) return undefined;
    tags.set(text(tag), place);
  }
  return tags;
}

type Place = { readonly at: number; readonly size: number } | undefined;

function isColorant(view: DataView, place: Place, wanted: readonly number[]): boolean {
  if (place?.size !== 20 || view.getUint32(place.at) !== 0x58595a20) return false;
  return wanted.every((value, k) => Math.abs(fixed(view, place.at + 8 + k * 4) - value) < tolerance);
}

/** Within 1/255 of sRGB's curve everywhere. */
function isSrgbCurve(view: DataView, place: Place): boolean {
  if (!place || place.size < 12) return false;
  const type = view.getUint32(place.at);
  if (type === 0x70617261) return isSrgbFormula(view, place);
  return type === 0x63757276 && isSrgbTable(view, place);
}

/** Type 3: (ax + b)^g from d on, cx below. Both parts are monotonic, so checking all inputs, and d for both, suffices. */
function isSrgbFormula(view: DataView, { at, size }: NonNullable<Place>): boolean {
  if (!isLength(size, 32) || view.getUint16(at + 8) !== 3) return false;
  const [g = 0, a = 0, b = 0, c = 0, d = 0] = [12, 16, 20, 24, 28].map((offset) => fixed(view, at + offset));
  const power = (x: number): number => (a * x + b) ** g;
  const meets = d <= 0 || d > 1 || (isShownAs(d, c * d) && isShownAs(d, power(d)));
  return meets && inputs.every((x) => isShownAs(x, x < d ? c * x : power(x)));
}

/** 16-bit images can reach every sample. */
function isSrgbTable(view: DataView, { at, size }: NonNullable<Place>): boolean {
  const samples = view.getUint32(at + 8);
  if (samples < 2 || !isLength(size, 12 + samples * 2)) return false;
  const last = samples - 1;
  const sample = (k: number): number => view.getUint16(at + 12 + Math.min(k, last) * 2) / 65_535;
  for (let k = 0; k < samples; k++) if (!isShownAs(k / last, sample(k))) return false;
  return inputs.every((x) => {
    const k = Math.floor(x * last);
    return isShownAs(x, sample(k) + (sample(k + 1) - sample(k)) * (x * last - k));
  });
}

/** A viewer shows the light `linear` as the sRGB value `x`, within 1/255. */
function isShownAs(x: number, linear: number): boolean {
  const light = Math.min(1, Math.max(0, linear));
  const shown = light <= 0.0031308 ? light * 12.92 : 1.055 * light ** (1 / 2.4) - 0.055;
  return Math.abs(shown - x) <= 1 / 255;
}

/** A tag may be padded to a multiple of four bytes. */
function isLength(size: number, wanted: number): boolean {
  return size >= wanted && size < wanted + 4;
}

function fixed(view: DataView, at: number): number {
  return view.getInt32(at) / 65_536;
}
