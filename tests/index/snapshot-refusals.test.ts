import { copyFile, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MemoryIndex } from '../../src/index/memory.js';
import { chunkBytes, RecordCursor, recordBytes, SnapshotRefused } from '../../src/index/snapshot-format.js';
import { tagBytes } from '../../src/index/snapshot-seal.js';
import { writeSnapshot } from '../../src/index/snapshot-writer.js';
import { type IndexWorkerPool, startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { alter, headerWith, recordsOf, restore, testKey } from '../support/snapshots.js';

let directory: string;
let whole: string;
let path: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vigie-refusals-'));
  whole = join(directory, 'whole');
  path = join(directory, 'index.snapshot');
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Records of PDQ hashes with ordinals from 1. */
function records(count: number): Uint8Array {
  const record = new RecordCursor(new Uint8Array(count * recordBytes).fill(0));
  for (let ordinal = 1; ordinal <= count; ordinal++, record.at += recordBytes) {
    record.value(32).fill(ordinal);
    record.ordinal = ordinal;
  }
  return record.bytes;
}

const kinds: [string, Uint8Array | undefined][] = [
  ['plain', undefined],
  ['sealed', testKey],
];

describe.each(kinds)('a %s snapshot', (_name, key) => {
  it('is refused with any byte changed', async () => {
    await writeSnapshot(path, headerWith(), [records(5)], key);
    const file = await readFile(path);
    for (let at = 0; at < file.length; at++) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8));
      await writeFile(path, changed);
      await expect(recordsOf(path, key), `byte ${at}`).rejects.toThrow(SnapshotRefused);
    }
  });

  it('is refused when cut off at any length', async () => {
    await writeSnapshot(path, headerWith(), [records(5)], key);
    for (let { length } = await readFile(path); length > 0; length--) {
      await truncate(path, length - 1);
      await expect(recordsOf(path, key), `${length - 1} bytes`).rejects.toThrow(SnapshotRefused);
    }
  });

  it('is refused with bytes after its end', async () => {
    await writeSnapshot(path, headerWith(), [records(5)], key);
    await writeFile(path, Buffer.concat([await readFile(path), Buffer.alloc(recordBytes)]));
    await expect(recordsOf(path, key)).rejects.toThrow(SnapshotRefused);
  });

  it.each([
    ['another magic', 0, 'the file is not a snapshot'],
    ['a later version', 8, 'the file has format 255, this version reads 2'],
    ['an unknown flag', 12, 'of which some are unknown'],
  ])('is refused with %s', async (_change, at, message) => {
    await writeSnapshot(path, headerWith(), [records(5)], key);
    await alter(path, (body) => body.fill(255, at, at + 1));
    await expect(recordsOf(path, key)).rejects.toThrow(message);
  });
});

describe('a sealed snapshot with a corrected checksum', () => {
  const step = chunkBytes + tagBytes;
  const chunk = (body: Buffer, number: number) => body.subarray(32 + number * step, 32 + (number + 1) * step);

  beforeAll(() => writeSnapshot(whole, headerWith(), [records(40_000)], testKey));

  it('is read if nothing was changed', async () => {
    await copyFile(whole, path);
    await alter(path, (body) => body);
    expect(Buffer.concat(await recordsOf(path, testKey)).equals(records(40_000))).toBe(true);
  });

  it.each<[string, (body: Buffer) => Buffer]>([
    ['two chunks swapped', (body) => Buffer.concat([body.subarray(0, 32), chunk(body, 1), chunk(body, 0), chunk(body, 2)])],
    ['a chunk left out', (body) => Buffer.concat([body.subarray(0, 32), chunk(body, 0), chunk(body, 2)])],
    ['a chunk repeated', (body) => Buffer.concat([body.subarray(0, 32), chunk(body, 0), chunk(body, 1), chunk(body, 1)])],
    ['its last chunk cut off', (body) => body.subarray(0, 32 + 2 * step)],
    ['a byte of its last chunk changed', (body) => body.fill((body.at(-20) ?? 0) ^ 1, body.length - 20, body.length - 19)],
    ['another nonce', (body) => body.fill((body[20] ?? 0) ^ 1, 20, 21)],
    ['another length of its header', (body) => body.fill((body[16] ?? 0) ^ 64, 16, 17)],
  ])('is refused with %s', async (_name, change) => {
    await copyFile(whole, path);
    await alter(path, change);
    await expect(recordsOf(path, testKey)).rejects.toThrow('the file was sealed with another key, or altered since');
  });

  it('is refused with another key and without a key', async () => {
    await expect(recordsOf(whole, Buffer.alloc(32, 8))).rejects.toThrow('another key');
    await expect(recordsOf(whole)).rejects.toThrow('VIGIE_DATA_KEY is not set');
  });

  it('is not replaced by a plain one', async () => {
    await writeSnapshot(path, headerWith(), [records(5)], undefined);
    await expect(recordsOf(path, testKey)).rejects.toThrow('not sealed, and VIGIE_DATA_KEY is set');
  });
});

describe('MemoryIndex.restore', () => {
  let workers: IndexWorkerPool;

  beforeAll(async () => {
    workers = await startIndexWorkerPool(1);
  });

  afterAll(() => workers.close());

  it.each<[string, (record: RecordCursor) => void]>([
    ['an unknown algorithm', (record) => (record.algorithm = 255)],
    ['a list that has no name', (record) => (record.list = 1)],
    ['a class that has no name', (record) => (record.class = 1)],
    ['a variant that has no name', (record) => (record.variant = 1)],
    ['an ordinal that does not rise', (record) => (record.ordinal = 2)],
    ['an ordinal that no database gives', (record) => (record.ordinal = 2 ** 31)],
    ['reserved bytes that are not 0', (record) => record.bytes.fill(1, record.at + 60, record.at + 61)],
  ])('refuses a record with %s', async (_name, change) => {
    const index = new MemoryIndex(workers);
    const record = new RecordCursor(records(3));
    record.at = 2 * recordBytes;
    change(record);
    await writeSnapshot(path, headerWith(), [record.bytes], undefined);
    await expect(restore(index, path)).rejects.toThrow('a record this version cannot read');
    await index.close();
  });

  it.each([{ lists: 1 }, { position: {} }, { classes: ['no class'] }, { later: true }])(
    'refuses a header with %j',
    async (names) => {
      await writeSnapshot(path, headerWith(Object(names)), [], undefined);
      await expect(recordsOf(path)).rejects.toThrow('a header this version cannot read');
    },
  );
});
