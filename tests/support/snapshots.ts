import { createHash, randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { algorithms, hexLength, isExact } from '../../src/domain/algorithms/registry.js';
import { entryIdOf, type IndexedEntry, type IndexedHash } from '../../src/domain/entry.js';
import type { Hit } from '../../src/domain/verdict.js';
import type { MemoryIndex } from '../../src/index/memory.js';
import type { SnapshotHeader } from '../../src/index/snapshot-format.js';
import { readSnapshot } from '../../src/index/snapshot-reader.js';
import { writeSnapshot } from '../../src/index/snapshot-writer.js';
import { draft, verified } from './standing.js';

export const testKey = Buffer.alloc(32, 7);

export function headerWith(names: Partial<SnapshotHeader> = {}): SnapshotHeader {
  const position = { epoch: randomUUID(), snapshot: '10:12:10' };
  return { position, version: '7', lists: ['known'], classes: ['ncii_adult'], variants: ['full'], ...names };
}

/** `between` runs between two slices. */
export async function save(index: MemoryIndex, path: string, key?: Uint8Array, between: () => void = () => {}): Promise<void> {
  const { names, slices } = index.snapshot();
  function* interrupted() {
    for (const slice of slices) {
      yield slice;
      between();
    }
  }
  await writeSnapshot(path, headerWith(names), interrupted(), key);
}

export function restore(index: MemoryIndex, path: string, key?: Uint8Array): Promise<SnapshotHeader> {
  return readSnapshot(path, key, async ({ header, records, maxRecords }) => {
    await index.restore(header, records, maxRecords);
    return header;
  });
}

export function recordsOf(path: string, key?: Uint8Array): Promise<Uint8Array[]> {
  return readSnapshot(path, key, async ({ records }) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of records) pieces.push(piece);
    return pieces;
  });
}

/** `resigned`: the checksum fits the changed bytes. */
export async function alter(path: string, change: (body: Buffer) => Buffer, { resigned = true } = {}): Promise<void> {
  const file = await readFile(path);
  const body = change(Buffer.from(file.subarray(0, -32)));
  const checksum = resigned ? createHash('sha256').update(body).digest() : file.subarray(-32);
  await writeFile(path, Buffer.concat([body, checksum]));
}

export async function* onePage(entries: readonly IndexedEntry[]): AsyncGenerator<readonly IndexedEntry[]> {
  yield entries;
}

export async function answers(index: MemoryIndex, entries: readonly IndexedEntry[], radius = 31): Promise<Hit[][]> {
  const ask = async ({ algorithm, value }: IndexedHash) => {
    if (isExact(algorithm)) return index.lookup([{ algorithm, value }]);
    const [hits = []] = await index.search(algorithm, [Buffer.from(value).toString('hex')], radius);
    return hits;
  };
  const all = await Promise.all(entries.flatMap(({ hashes }) => hashes.map(ask)));
  return all.map((hits) => hits.toSorted((a, b) => a.ordinal - b.ordinal));
}

const anyHash = fc.constantFrom(...algorithms).chain((algorithm) =>
  fc.record({
    algorithm: fc.constant(algorithm),
    variant: fc.constantFrom('full', 'crop-1', 'Ünïcode', ''),
    value: fc.uint8Array({ minLength: hexLength(algorithm) / 2, maxLength: hexLength(algorithm) / 2 }),
    quality: fc.option(fc.integer({ min: 0, max: 100 })),
  }),
);

/** The ordinals of an entry need not be consecutive. */
export const anyEntries: fc.Arbitrary<IndexedEntry[]> = fc
  .array(
    fc.record({
      id: fc.uuid({ version: 7 }).map(entryIdOf),
      list: fc.constantFrom('known', 'illegal', 'harmless'),
      class: fc.constantFrom('ncii_adult', 'csam_a1', 'known_good'),
      standing: fc.constantFrom(draft, verified),
      hashes: fc.array(anyHash, { minLength: 1, maxLength: 6 }),
    }),
    { minLength: 1, maxLength: 30 },
  )
  .chain((entries) => {
    const count = entries.reduce((sum, { hashes }) => sum + hashes.length, 0);
    return fc.uniqueArray(fc.integer({ min: 1, max: 5_000 }), { minLength: count, maxLength: count }).map((ordinals) => {
      const left = [...ordinals];
      const numbered = (hash: Omit<IndexedHash, 'ordinal'>) => ({ ...hash, ordinal: left.pop() ?? 0 });
      return entries.map((entry) => ({ ...entry, hashes: entry.hashes.map(numbered) }));
    });
  });
