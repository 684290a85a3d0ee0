import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExportedEntry, Format, ListedRecord, ReadItem, SourceFile, WriteOptions } from '../../src/formats/format.js';
import { FormatError } from '../../src/formats/format.js';
import { packageRoot } from '../../src/package-root.js';

export function samplePath(name: string): string {
  return join(packageRoot(), 'tests', 'formats', 'samples', name);
}

export function sample(name: string): Buffer {
  return readFileSync(samplePath(name));
}

/** A file in memory that arrives in chunks of `chunkBytes`. */
export function sourceOf(content: string | Uint8Array, chunkBytes = 1 << 16): SourceFile {
  const bytes = Buffer.from(content);
  return {
    name: 'a file',
    path: null,
    async *chunks() {
      for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
    },
  };
}

export async function readFrom(format: Format, file: SourceFile): Promise<ReadItem[]> {
  const items: ReadItem[] = [];
  for await (const batch of format.read(file)) items.push(...batch);
  return items;
}

export function readText(format: Format, content: string | Uint8Array, chunkBytes?: number): Promise<ReadItem[]> {
  return readFrom(format, sourceOf(content, chunkBytes));
}

export function readSample(format: Format, name: string): Promise<ReadItem[]> {
  return readText(format, sample(name));
}

export async function listedIn(format: Format, content: string | Uint8Array): Promise<ListedRecord[]> {
  return (await readText(format, content)).map((item) => {
    if (item.kind !== 'listed') throw new Error(`expected a listed record, got ${JSON.stringify(item)}`);
    return item;
  });
}

export async function refusalOf(reading: Promise<unknown>): Promise<FormatError> {
  const error = await reading.then(
    () => new Error('nothing was refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof FormatError) return error;
  throw error;
}

/** The hashes of a record as `algorithm: hex`. */
export function hashesOf(item: ReadItem | undefined): Record<string, string> {
  if (!item || item.kind === 'invalid') throw new Error('expected a record with hashes');
  return Object.fromEntries(item.hashes.map(({ algorithm, hex }) => [algorithm, hex]));
}

/** The digests of the samples. */
export function digest(number: number, algorithm: 'md5' | 'sha1' | 'sha256'): string {
  return createHash(algorithm).update(`synthetic sample ${number} `).digest('hex');
}

export function pdqOf(number: number): string {
  return createHash('sha256').update(`pdq ${number}`).digest('hex');
}

export function photoDnaOf(number: number): string {
  const part = createHash('sha512').update(`pdna ${number}`).digest('hex');
  return part.repeat(3).slice(0, 288);
}

const options: WriteOptions = { at: '2026-11-23T12:00:00.000Z' };

export async function written(format: Format, entries: readonly ExportedEntry[], given = options): Promise<string> {
  if (!format.write) throw new Error(`${format.name} has no writer`);
  const pieces: string[] = [];
  for await (const piece of format.write(streamOf(entries), given)) pieces.push(Buffer.from(piece).toString('utf8'));
  return pieces.join('');
}

async function* streamOf(entries: readonly ExportedEntry[]): AsyncGenerator<ExportedEntry> {
  yield* entries;
}
