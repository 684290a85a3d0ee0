/**
 * What is coded inside an ISO base media file (HEIF, ISO/IEC 23008-12), whatever its brands claim.
 *
 * libheif chooses a decoder by the type of each item: besides AV1 it knows HEVC, VVC, AVC, JPEG, JPEG 2000 and uncompressed ones, and which
 * of them are built in is not for a sender to find out. So all items are looked at before it gets to see the file. Of a file with a film
 * (`moov`, as sequences have it) browsers play the film, whatever item libheif would decode: such a file is not for us.
 */

/** Items of an AVIF: AV1 itself, what is derived from other items (grid, identity, gain map), and metadata. */
const allowedItems: ReadonlySet<string> = new Set(['av01', 'grid', 'iden', 'tmap', 'Exif', 'mime']);
/** Boxes that hold boxes, with the bytes before the first of them: version and flags, at times a count. */
const containers: Readonly<Record<string, number>> = { meta: 4 };
/** meta and iinf: no proper file nests deeper, and recursion must end. */
const deepest = 2;
/** An image of 256 tiles has a box for each and few more; 20 MiB of empty boxes took 0.5 to 1.1 s to walk, on the only thread. */
const maxBoxes = 4_096;

interface Box {
  readonly type: string;
  /** Offsets of its content. */
  readonly from: number;
  readonly to: number;
}

/** `av1`: nothing but AV1 images. `other`: something else is in there, too. `nothing`: no item at all, as in a cut file. */
export function codingOf(bytes: Uint8Array): 'av1' | 'other' | 'nothing' {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let found: 'av1' | 'nothing' = 'nothing';
  let boxes = 0;
  for (const box of walk(view, 0, view.byteLength, 0)) {
    if (++boxes > maxBoxes) return 'other';
    // `mini` is the short form of HEIF 3: its codec stands elsewhere.
    if (box.type === 'mini' || box.type === 'moov') return 'other';
    if (box.type !== 'infe') continue;
    const type = itemType(view, box);
    if (!allowedItems.has(type)) return 'other';
    if (type === 'av01') found = 'av1';
  }
  return found;
}

/** Every box, containers before their content. A box that ends behind its parent is taken to its parent's end. */
function* walk(view: DataView, start: number, end: number, depth: number): Generator<Box> {
  for (let at = start; at + 8 <= end; ) {
    const type = fourCharacters(view, at + 4);
    const short = view.getUint32(at);
    const isLong = short === 1 && at + 16 <= end;
    const size = isLong ? Number(view.getBigUint64(at + 8)) : short === 0 ? end - at : short;
    const from = at + (isLong ? 16 : 8);
    const to = Math.min(end, at + size);
    if (to < from) return;
    yield { type, from, to };
    const skip = type === 'iinf' ? itemInfoHeader(view, from, to) : containers[type];
    if (skip !== undefined && depth < deepest) yield* walk(view, from + skip, to, depth + 1);
    at = to;
  }
}

/** Version and flags, and a count of 16 bits in version 0 or of 32 later. */
function itemInfoHeader(view: DataView, from: number, to: number): number {
  return from < to && view.getUint8(from) === 0 ? 6 : 8;
}

/** Version 2 has an identifier of 16 bits before the type, version 3 one of 32; earlier ones have no type, and AVIF has none of those. */
function itemType(view: DataView, { from, to }: Box): string {
  const version = from < to ? view.getUint8(from) : 0;
  const at = from + 4 + (version === 2 ? 2 : 4) + 2;
  return version >= 2 && at + 4 <= to ? fourCharacters(view, at) : '';
}

function fourCharacters(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
}
