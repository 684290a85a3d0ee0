import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IndexedEntry } from '../../src/domain/entry.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { chunkBytes, recordBytes } from '../../src/index/snapshot-format.js';
import { partialOf, writeSnapshot } from '../../src/index/snapshot-writer.js';
import { type IndexWorkerPool, startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { packageRoot } from '../../src/package-root.js';
import { randomFrom, randomHash } from '../support/images.js';
import { answers, anyEntries, headerWith, onePage, recordsOf, restore, save, testKey } from '../support/snapshots.js';
import { draft, verified } from '../support/standing.js';

let workers: IndexWorkerPool;
let index: MemoryIndex;
let copy: MemoryIndex;
let directory: string;
let path: string;

beforeAll(async () => {
  workers = await startIndexWorkerPool(1);
  // Two for all tests, because shared memory is never freed.
  index = new MemoryIndex(workers);
  copy = new MemoryIndex(workers);
  directory = await mkdtemp(join(tmpdir(), 'vigie-snapshot-'));
  path = join(directory, 'data', 'index.snapshot');
});

afterAll(async () => {
  await Promise.all([index.close(), copy.close()]);
  await workers.close();
  await rm(directory, { recursive: true, force: true });
});

/** One PDQ hash each, with ordinals from 1. */
function manyEntries(count: number): IndexedEntry[] {
  const random = randomFrom(count);
  return Array.from({ length: count }, (_, at) => {
    const hash = { ordinal: at + 1, algorithm: 'pdq' as const, variant: 'full', quality: 90 };
    const value = Buffer.from(randomHash(random), 'hex');
    const id = `ent_${(at + 1).toString(16).padStart(32, '0')}`;
    return { id, list: 'known', class: 'ncii_adult', standing: verified, hashes: [{ ...hash, value }] };
  });
}

describe('a snapshot', () => {
  it.each([
    ['plain', undefined],
    ['sealed', testKey],
  ])('gives the same answers as the index it was written from (%s)', async (_name, key) => {
    await fc.assert(
      fc.asyncProperty(anyEntries, fc.nat(30), fc.nat(5), async (entries, loaded, gone) => {
        await index.load(onePage(entries.slice(0, loaded)), 200);
        for (const entry of entries.slice(loaded)) index.add(entry);
        index.remove(entries.slice(0, gone).flatMap(({ hashes }) => hashes.map(({ ordinal }) => ordinal)));
        await save(index, path, key);
        await restore(copy, path, key);
        expect(copy.size).toBe(index.size);
        expect(await answers(copy, entries, 63)).toEqual(await answers(index, entries, 63));
      }),
      { numRuns: 40 },
    );
  });

  it('is correct after changes between its slices, once they are applied again', async () => {
    const change = fc.record({ add: fc.boolean(), entry: fc.nat(5_999) });
    const entries = manyEntries(6_000);
    const ordinalsOf = (entry: IndexedEntry) => entry.hashes.map(({ ordinal }) => ordinal);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 60 }), async (changes) => {
        await index.load(onePage(entries.filter((_, at) => at % 2)), entries.length);
        const left = [...changes];
        const current = new Map<IndexedEntry, boolean>();
        await save(index, path, undefined, () => {
          for (const { add, entry } of left.splice(0, 10)) {
            const [changed] = entries.slice(entry, entry + 1);
            if (!changed) continue;
            current.set(changed, add);
            if (add) index.add({ ...changed, list: 'new-list', standing: draft });
            else index.remove(ordinalsOf(changed));
          }
        });
        await restore(copy, path);
        // In the order of the change-feed follower.
        for (const [entry, stands] of current) if (!stands) copy.remove(ordinalsOf(entry));
        for (const [entry, stands] of current) if (stands) copy.add({ ...entry, list: 'new-list', standing: draft });
        expect(copy.size).toBe(index.size);
        const asked = [...current.keys(), ...entries.slice(0, 20)];
        expect(await answers(copy, asked)).toEqual(await answers(index, asked));
      }),
      { numRuns: 10 },
    );
  });

  it('holds every hash once while a compaction moves them', async () => {
    const entries = manyEntries(22_000);
    await index.load(onePage(entries.slice(0, 3_000)), 3_000);
    // Enough to start a compaction.
    for (const entry of entries.slice(3_000)) index.add(entry);
    index.remove(Array.from({ length: 1_000 }, (_, at) => at * 21 + 1));
    await save(index, path);
    await restore(copy, path);
    expect(copy.size).toBe(21_000);
    const asked = entries.filter((_, at) => at % 97 === 0);
    expect(await answers(copy, asked)).toEqual(await answers(index, asked));
  });

  it('updates the facts of all hashes of an entry whose ordinals are apart', async () => {
    const [first, between] = manyEntries(3);
    const [hash] = manyEntries(3)[2]?.hashes ?? [];
    if (!first || !between || !hash) throw new Error('three entries have three hashes');
    const apart = { ...first, standing: draft, hashes: [...first.hashes, hash] };
    await index.load(onePage([apart, between]), 3);
    await save(index, path);
    await restore(copy, path);
    copy.add({ ...apart, standing: verified });
    const found = (await answers(copy, [apart])).flat();
    expect(found.map(({ ordinal, entry }) => [ordinal, entry.standing])).toEqual([
      [1, verified],
      [3, verified],
    ]);
  });

  it('and its directory are for the owner only', async () => {
    await rm(join(directory, 'data'), { recursive: true, force: true });
    await save(index, path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(directory, 'data'))).mode & 0o777).toBe(0o700);
    expect(existsSync(partialOf(path))).toBe(false);
  });

  it('that is sealed shows neither hashes nor lists', async () => {
    const entries = manyEntries(100);
    await index.load(onePage(entries), entries.length);
    const traces = entries.flatMap(({ hashes }) => hashes.map(({ value }) => Buffer.from(value.subarray(0, 8))));
    await save(index, path);
    const plain = await readFile(path);
    expect(traces.every((trace) => plain.includes(trace))).toBe(true);
    await save(index, path, testKey);
    const sealed = await readFile(path);
    expect([...traces, Buffer.from('known')].some((trace) => sealed.includes(trace))).toBe(false);
  });

  it('of the same content is sealed differently each time', async () => {
    await save(index, path, testKey);
    const first = await readFile(path);
    await save(index, path, testKey);
    const second = await readFile(path);
    expect(first.subarray(32, 96).equals(second.subarray(32, 96))).toBe(false);
  });

  it.each([0, 1, 2])('can have a last chunk that is %i records short of full', async (short) => {
    const header = headerWith();
    await writeSnapshot(path, header, [], testKey);
    const headerBytes = (await readFile(path)).readUInt32LE(16);
    const records = Buffer.alloc(2 * chunkBytes - headerBytes - short * recordBytes, 1);
    await writeSnapshot(path, header, [records], testKey);
    expect(Buffer.concat(await recordsOf(path, testKey)).equals(records)).toBe(true);
  });
});

describe('a writer killed while it writes', () => {
  it('leaves the old file and does not hinder the next writer', async () => {
    const entries = manyEntries(50);
    await index.load(onePage(entries), entries.length);
    await save(index, path);
    const before = await readFile(path);
    const writer = spawn(process.execPath, [join(packageRoot(), 'tests/index/support/endless-writer.mjs'), path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(writer.stdout, 'data');
    writer.kill('SIGKILL');
    await once(writer, 'exit');
    expect((await stat(partialOf(path))).size).toBeGreaterThan(chunkBytes);
    expect((await readFile(path)).equals(before)).toBe(true);
    await restore(copy, path);
    expect(copy.size).toBe(entries.length);
    index.remove([1]);
    await save(index, path);
    await restore(copy, path);
    expect(copy.size).toBe(entries.length - 1);
  });
});
