import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import {
  checksumBytes,
  chunkBytes,
  decodeHeader,
  decodePreamble,
  type Preamble,
  preambleBytes,
  recordBytes,
  type SnapshotHeader,
  SnapshotRefused,
} from './snapshot-format.js';
import { tagBytes, unseal } from './snapshot-seal.js';

const hashedAtOnce = 4 * 1024 * 1024;

export interface OpenSnapshot {
  readonly header: SnapshotHeader;
  readonly maxRecords: number;
  /** Many whole records at a time, to be read once. @throws SnapshotRefused when a chunk was altered. */
  readonly records: AsyncIterable<Uint8Array>;
}

/**
 * Checks the checksum of the whole file before `use` sees any record.
 *
 * @throws SnapshotRefused, or ENOENT and other errors of the file system.
 */
export async function readSnapshot<Result>(
  path: string,
  key: Uint8Array | undefined,
  use: (snapshot: OpenSnapshot) => Promise<Result>,
): Promise<Result> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = await readExactly(file, 0, Math.min(size, preambleBytes));
    const preamble = decodePreamble(head);
    checkKey(preamble, key);
    await checkSum(file, size);
    const body = plainChunks(file, head, size - checksumBytes, preamble.sealed ? key : undefined);
    const { header, rest } = await takeHeader(body, preamble.headerBytes);
    return await use({ header, maxRecords: Math.floor(size / recordBytes), records: wholeRecords(rest, body) });
  } finally {
    await file.close();
  }
}

/** With a key, a plain file is refused: anybody may have written it. */
function checkKey({ sealed }: Preamble, key: Uint8Array | undefined): void {
  if (sealed && !key) throw new SnapshotRefused('the file is sealed and VIGIE_DATA_KEY is not set');
  if (!sealed && key) throw new SnapshotRefused('the file is not sealed, and VIGIE_DATA_KEY is set');
}

async function checkSum(file: FileHandle, size: number): Promise<void> {
  if (size < preambleBytes + recordBytes + checksumBytes) throw new SnapshotRefused('the file is cut off');
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(Math.min(hashedAtOnce, size));
  const end = size - checksumBytes;
  for (let at = 0; at < end; at += buffer.length) {
    hash.update(await readExactly(file, at, Math.min(buffer.length, end - at), buffer));
  }
  const expected = await readExactly(file, end, checksumBytes);
  if (!hash.digest().equals(expected)) throw new SnapshotRefused('the file is damaged or cut off: its checksum is wrong');
}

async function* plainChunks(
  file: FileHandle,
  preamble: Uint8Array,
  end: number,
  key: Uint8Array | undefined,
): AsyncGenerator<Buffer> {
  const step = key ? chunkBytes + tagBytes : chunkBytes;
  for (let at = preambleBytes, number = 0; at < end; at += step, number++) {
    const chunk = await readExactly(file, at, Math.min(step, end - at));
    yield key ? unseal(key, chunk, { preamble, number, last: at + step >= end }) : chunk;
  }
}

async function takeHeader(chunks: AsyncGenerator<Buffer>, length: number): Promise<{ header: SnapshotHeader; rest: Buffer }> {
  let bytes = Buffer.alloc(0);
  while (bytes.length < length) {
    const { value, done } = await chunks.next();
    if (done) throw new SnapshotRefused('the file ends within its header');
    bytes = Buffer.concat([bytes, value]);
  }
  return { header: decodeHeader(bytes.subarray(0, length)), rest: bytes.subarray(length) };
}

/** Every chunk holds whole records. */
async function* wholeRecords(first: Buffer, chunks: AsyncIterable<Buffer>): AsyncGenerator<Uint8Array> {
  yield whole(first);
  for await (const chunk of chunks) yield whole(chunk);
}

function whole(records: Buffer): Buffer {
  if (records.length % recordBytes !== 0) throw new SnapshotRefused('the file ends within a record');
  return records;
}

async function readExactly(
  file: FileHandle,
  position: number,
  length: number,
  into = Buffer.allocUnsafe(length),
): Promise<Buffer> {
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(into, done, length - done, position + done);
    if (bytesRead === 0) throw new SnapshotRefused('the file is cut off');
    done += bytesRead;
  }
  return into.subarray(0, length);
}
