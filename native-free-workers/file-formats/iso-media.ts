/**
 * What an ISO base media file (HEIF, ISO/IEC 23008-12) contains, whatever its brands claim. libheif chooses a decoder by the type
 * of each item, and a sender must reach none but AV1. A film (`moov`) is refused: browsers play it, libheif decodes an item.
 */

/** AV1, items derived from others (grid, identity, gain map), and metadata. */
const allowedItems: ReadonlySet<string> = new Set(['av01', 'grid', 'iden', 'tmap', 'Exif', 'mime']);
/** Boxes that hold boxes, and the bytes before the first inner box. */
const containers: Readonly<Record<string, number>> = { meta: 4, iprp: 0, ipco: 0 };
const maxDepth = 3;
/** Without a limit, 20 MiB of empty boxes block the only thread for a second. */
const maxBoxes = 4_096;

interface Box {
  readonly type: string;
  readonly typeAt: number;
  /** Of the content. */
  readonly from: number;
  readonly to: number;
}

/** At most `maxBoxes`. */
export function* boxesOf(bytes: Uint8Array): Generator<Box> {
  let boxes = 0;
  for (const box of walk(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, bytes.length, 0)) {
    if (++boxes > maxBoxes) return;
    yield box;
  }
}

/** `other`: not only AV1. `nothing`: no image item, as in a cut file. */
export function codingOf(bytes: Uint8Array): 'av1' | 'other' | 'nothing' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found: 'av1' | 'nothing' = 'nothing';
  let boxes = 0;
  for (const box of walk(view, 0, view.byteLength, 0)) {
    if (++boxes > maxBoxes) return 'other';
    // The short form of HEIF 3.
    if (box.type === 'mini' || box.type === 'moov') return 'other';
    if (box.type !== 'infe') continue;
    const type = itemType(view, box);
    if (!allowedItems.has(type)) return 'other';
    if (type === 'av01') found = 'av1';
  }
  return found;
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

function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
