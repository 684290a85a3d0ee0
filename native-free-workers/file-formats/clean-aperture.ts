/**
 * The crop box of HEIF (`clap`, ISO/IEC 14496-12). libheif crops; Chromium and Firefox show the whole picture. Rotation (`irot`),
 * mirroring (`imir`) and pixel shape (`pasp`) need no second reading: all orientations are searched, and PDQ ignores the shape.
 */
import { boxesOf } from './iso-media.js';

/** A copy whose crop boxes do nothing; undefined if there is none. */
export function withoutCleanAperture(bytes: Uint8Array): Uint8Array | undefined {
  const types = [...boxesOf(bytes)].filter(({ type }) => type === 'clap').map(({ typeAt }) => typeAt);
  if (types.length === 0) return undefined;
  const copy = Uint8Array.from(bytes);
  for (const at of types) copy.set(free, at);
  for (const { from, to } of [...boxesOf(bytes)].filter(({ type }) => type === 'ipma')) clearEssential(copy, from, to);
  return copy;
}

/** A box to skip (8.1.2). */
const free = Buffer.from('free', 'latin1');

/** A reader must refuse an item with an unknown property that is marked as essential (ISO/IEC 23008-12, 9.3). */
function clearEssential(bytes: Uint8Array, from: number, to: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [version, hasLongIndex] = [view.getUint8(from), (view.getUint8(from + 3) & 1) === 1];
  const items = view.getUint32(from + 4);
  let at = from + 8;
  for (let item = 0; item < items && at < to; item++) {
    at += version < 1 ? 2 : 4;
    const associations = at < to ? view.getUint8(at++) : 0;
    for (let k = 0; k < associations && at < to; k++, at += hasLongIndex ? 2 : 1) {
      bytes[at] = (bytes[at] ?? 0) & 0x7f;
    }
  }
}
