/**
 * What an ISO base media file (HEIF, ISO/IEC 23008-12) contains, whatever its brands claim. libheif chooses a decoder by the type
 * of each item, and a sender must reach none but the one of the format: AV1 or HEVC. Of a film (`moov`) `avif-sequence.ts` reads the
 * samples that browsers play.
 */

/** Items derived from others (grid, identity, gain map), and metadata. */
const derivedItems: ReadonlySet<string> = new Set(['grid', 'iden', 'tmap', 'Exif', 'mime']);
/** Boxes that hold boxes, and the bytes before the first inner box. */
const containers: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };
const maxDepth = 3;
/** Without a limit, 20 MiB of empty boxes block the only thread for a second. */
const maxBoxes = 4_096;

export interface Box {
  readonly type: string;
  readonly typeAt: number;
  /** Of the content. */
  readonly from: number;
  readonly to: number;
}

/** The boxes of one level, at most `maxBoxes`. */
export function* walkBoxes(view: DataView, from: number, to: number): Generator<Box> {
  let boxes = 0;
  for (const box of walk(view, from, to, maxDepth)) {
    if (++boxes > maxBoxes) return;
    yield box;
  }
}

/** At most `maxBoxes`. */
export function* boxesOf(bytes: Uint8Array): Generator<Box> {
  let boxes = 0;
  for (const box of walk(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length, 0)) {
    if (++boxes > maxBoxes) return;
    yield box;
  }
}

/** `sequence`: a film of images. `other`: items of several codings, or of none that we decode. `nothing`: no item, as in a cut file. */
export type Coding = 'av1' | 'hevc' | 'sequence' | 'other' | 'nothing';

const codings: Readonly<Record<string, 'av1' | 'hevc'>> = { av01: 'av1', hvc1: 'hevc' };

export function codingOf(bytes: Uint8Array): Coding {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found: 'av1' | 'hevc' | 'nothing' = 'nothing';
  let isSequence = false;
  let boxes = 0;
  for (const box of walk(view, 0, view.byteLength, 0)) {
    if (++boxes > maxBoxes) return 'other';
    // The short form of HEIF 3.
    if (box.type === 'mini') return 'other';
    if (box.type === 'moov') isSequence = true;
    if (box.type !== 'infe') continue;
    const type = itemType(view, box);
    const coding = codings[type];
    if (!coding && !derivedItems.has(type)) return 'other';
    if (coding && found !== 'nothing' && found !== coding) return 'other';
    found = coding ?? found;
  }
  return isSequence ? (found === 'hevc' ? 'other' : 'sequence') : found;
}

/** The first ICC profile of the items. */
export function colourProfileOf(bytes: Uint8Array): Uint8Array | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { type, from, to } of boxesOf(bytes)) {
    if (type !== 'colr' || from + 4 > to) continue;
    const kind = fourCharacters(view, from);
    if (kind === 'prof' || kind === 'rICC') return bytes.subarray(from + 4, to);
  }
  return undefined;
}

/** A box that is too long ends with its parent. */
function* walk(view: DataView, start: number, end: number, depth: number): Generator<Box> {
  for (let at = start; at + 8 <= end; ) {
    const type = fourCharacters(view, at + 4);
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= end;
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short;
    const from = at + (isLong ? 16 : 8);
    const to = Math.min(end, at + size);
    if (to < from) return;
    yield { type, typeAt: at + 4, from, to };
    const skip = type === 'iinf' ? itemInfoHeader(view, from, to) : containers[type];
    if (skip !== undefined && depth < maxDepth) yield* walk(view, from + skip, to, depth + 1);
    at = to;
  }
}

/** Version and flags, then a count of 16 bits in version 0 and of 32 later. */
function itemInfoHeader(view: DataView, from: number, to: number): number {
  return from < to && view.getUint8(from) === 0 ? 6 : 8;
}

/** The item id before the type has 16 bits in version 2, 32 in version 3. */
function itemType(view: DataView, { from, to }: Box): string {
  const version = from < to ? view.getUint8(from) : 0;
  const at = from + 4 + (version === 2 ? 2 : 4) + 2;
  return version >= 2 && at + 4 <= to ? fourCharacters(view, at) : '';
}

export function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
