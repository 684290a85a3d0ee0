/**
 * The samples of an image sequence (ISO/IEC 14496-12, clause 8). Only the first picture track counts, as in browsers.
 */
import { fourCharacters, walkBoxes } from './iso-media.js';

export interface Sample {
  readonly page: number;
  readonly data: Uint8Array;
}

export interface ImageSequence {
  readonly width: number;
  readonly height: number;
  /** All samples, including those that need others. */
  readonly of: number;
  /** Samples that decode alone, in their order. */
  readonly samples: readonly Sample[];
  /** The boxes `av1C` and `colr` of the track. */
  readonly properties: readonly Uint8Array[];
}

interface Table {
  readonly view: DataView;
  readonly from: number;
  readonly to: number;
}

const maxSamples = 100_000;
/** Fields of a visual sample entry before its boxes. */
const sampleEntrySize = 78;

/** @returns undefined without a track of AV1 pictures whose tables agree */
export function readImageSequence(bytes: Uint8Array): ImageSequence | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const track of inside(view, { from: 0, to: bytes.length }, 'moov', 'trak')) {
    const found = readTrack(bytes, view, track);
    if (found) return found;
  }
  return undefined;
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** Boxes at a path of types. */
function inside(view: DataView, range: Range, ...path: readonly string[]): Range[] {
  return path.reduce<Range[]>(
    (ranges, type) => ranges.flatMap(({ from, to }) => [...walkBoxes(view, from, to)].filter((box) => box.type === type)),
    [range],
  );
}

function readTrack(bytes: Uint8Array, view: DataView, track: Range): ImageSequence | undefined {
  const [handler] = inside(view, track, 'mdia', 'hdlr');
  const [tables] = inside(view, track, 'mdia', 'minf', 'stbl');
  if (!handler || handler.from + 12 > handler.to || fourCharacters(view, handler.from + 8) !== 'pict' || !tables)
    return undefined;
  const table = (type: string): Table | undefined => {
    const [box] = inside(view, tables, type);
    return box && box.from + 8 <= box.to ? { view, from: box.from + 4, to: box.to } : undefined;
  };
  const [descriptions] = inside(view, tables, 'stsd');
  const [entry] = descriptions ? inside(view, { from: descriptions.from + 8, to: descriptions.to }, 'av01') : [];
  const sizes = sizesOf(table('stsz'));
  if (!entry || entry.from + sampleEntrySize > entry.to || !sizes) return undefined;
  const offsets = offsetsOf(sizes, table('stco') ?? table('co64'), table('stsc'), table('co64') ? 8 : 4);
  const alone = aloneOf(table('stss'));
  const samples = offsets.flatMap((from, page) => {
    const data = bytes.subarray(from, from + (sizes[page] ?? 0));
    return (alone?.has(page + 1) ?? true) && data.length > 0 ? [{ page, data }] : [];
  });
  const properties = [...walkBoxes(view, entry.from + sampleEntrySize, entry.to)]
    .filter(({ type }) => type === 'av1C' || type === 'colr')
    .map(({ typeAt, to }) => bytes.subarray(typeAt - 4, to));
  const [width, height] = [view.getUint16(entry.from + 24), view.getUint16(entry.from + 26)];
  return { width, height, of: sizes.length, samples, properties };
}

/** The same size for all, or one each. */
function sizesOf(table: Table | undefined): number[] | undefined {
  if (!table || table.from + 8 > table.to) return undefined;
  const { view, from, to } = table;
  const [same, count] = [view.getUint32(from), view.getUint32(from + 4)];
  if (count === 0 || count > maxSamples) return undefined;
  if (same > 0) return Array<number>(count).fill(same);
  return from + 8 + count * 4 > to ? undefined : numbers(view, from + 8, count);
}

function numbers(view: DataView, from: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => view.getUint32(from + k * 4));
}

/** Samples lie in chunks. `runs` says from which chunk on each chunk holds how many. */
function offsetsOf(sizes: readonly number[], chunks: Table | undefined, runs: Table | undefined, bytes: 4 | 8): number[] {
  const offsets: number[] = [];
  if (!chunks || !runs) return offsets;
  const chunkCount = Math.min(chunks.view.getUint32(chunks.from), Math.floor((chunks.to - chunks.from - 4) / bytes));
  const runCount = Math.min(runs.view.getUint32(runs.from), Math.floor((runs.to - runs.from - 4) / 12));
  for (let chunk = 0, run = 0; chunk < chunkCount && offsets.length < sizes.length; chunk++) {
    while (run + 1 < runCount && runs.view.getUint32(runs.from + 4 + (run + 1) * 12) <= chunk + 1) run++;
    const perChunk = runCount > 0 ? runs.view.getUint32(runs.from + 4 + run * 12 + 4) : 0;
    const at = chunks.from + 4 + chunk * bytes;
    let offset = bytes === 8 ? Number(chunks.view.getBigUint64(at)) : chunks.view.getUint32(at);
    for (let k = 0; k < perChunk && offsets.length < sizes.length; k++) {
      offsets.push(offset);
      offset += sizes[offsets.length - 1] ?? 0;
    }
  }
  return offsets;
}

/** Numbers of the samples that need no other, from 1. Without the table, all. */
function aloneOf(table: Table | undefined): ReadonlySet<number> | undefined {
  if (!table) return undefined;
  const { view, from, to } = table;
  return new Set(numbers(view, from + 4, Math.min(view.getUint32(from), Math.floor((to - from - 4) / 4))));
}
