/** Opens a file, and unpacks gzip and zip around it. Unpacked bytes are counted, because a small archive can hold any number. */
import { createReadStream, type ReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { FormatError, type SourceFile } from './format.js';
import { openZipMember, zipMember } from './zip.js';

export interface OpenLimits {
  readonly maxBytes: number;
  /** Unpacked bytes per packed byte. JSON and CSV of hashes stay below 20. */
  readonly maxRatio: number;
}

export const defaultOpenLimits: OpenLimits = { maxBytes: 64 * 2 ** 30, maxRatio: 200 };

/** So many bytes may come out of any archive. */
const freeBytes = 16 * 2 ** 20;
const chunkBytes = 2 ** 18;
/** What `detect` gets. */
const headBytes = 2 ** 16;

/**
 * @throws FormatError `container` for an archive that is damaged, encrypted or has not exactly one member, and `too_large`, both also
 * while the chunks are read
 */
export async function openSource(path: string, limits: OpenLimits = defaultOpenLimits): Promise<SourceFile> {
  const { size } = await stat(path);
  const wrapping = await wrappingOf(path);
  const reading = new Reading(path, size);
  const partRead = () => reading.part;
  if (wrapping === 'none') {
    assertSize(size, limits);
    return { name: basename(path), path, chunks: () => reading.begin(), partRead };
  }
  if (wrapping === 'gzip') {
    const chunks = () => counted(async () => gunzipped(reading.begin()), size, limits);
    return { name: basename(path).replace(/\.gz$/i, ''), path: null, chunks, partRead };
  }
  const member = await zipMember(path);
  // The archive says how large its member is, and may lie.
  const packedBytes = Math.min(member.compressedSize, size);
  const chunks = () => counted(() => openZipMember(path), packedBytes, limits);
  return { name: basename(member.fileName), path: null, chunks, partRead: () => undefined };
}

/** The newest stream of a file. */
class Reading {
  private stream: ReadStream | undefined;

  constructor(
    private readonly path: string,
    private readonly size: number,
  ) {}

  begin(): ReadStream {
    this.stream = createReadStream(this.path, { highWaterMark: chunkBytes });
    return this.stream;
  }

  get part(): number | undefined {
    return this.stream && this.size > 0 ? this.stream.bytesRead / this.size : undefined;
  }
}

/** The first bytes of a file, for `detectFormat`. */
export async function headOf(file: SourceFile): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of file.chunks()) {
    pieces.push(piece);
    length += piece.length;
    if (length >= headBytes) break;
  }
  return Buffer.concat(pieces).subarray(0, headBytes);
}

async function wrappingOf(path: string): Promise<'gzip' | 'zip' | 'none'> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead >= 2 && buffer.readUInt16BE(0) === 0x1f8b) return 'gzip';
    return bytesRead === 4 && ['504b0304', '504b0506'].includes(buffer.toString('hex')) ? 'zip' : 'none';
  } finally {
    await handle.close();
  }
}

/** `pipeline` forwards the errors of the file, and closes it if nobody reads on. */
function gunzipped(packed: ReadStream): Readable {
  const gunzip = createGunzip({ chunkSize: chunkBytes });
  pipeline(packed, gunzip, () => undefined);
  return gunzip;
}

async function* counted(unpack: () => Promise<Readable>, packedBytes: number, limits: OpenLimits): AsyncGenerator<Uint8Array> {
  let size = 0;
  const stream = await unpack();
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      assertSize(size, limits);
      assertRatio(size, packedBytes, limits);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof FormatError ? error : damaged(error, size);
  }
}

function assertSize(size: number, { maxBytes }: OpenLimits): void {
  if (size > maxBytes) throw new FormatError('too_large', null, null, `is larger than ${maxBytes} bytes unpacked`);
}

function assertRatio(size: number, packedBytes: number, { maxRatio }: OpenLimits): void {
  if (size <= freeBytes || size <= packedBytes * maxRatio) return;
  throw new FormatError('too_large', null, { byte: size }, `unpacks to more than ${maxRatio} times its size: unpack it first`);
}

function damaged(error: unknown, size: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') return new FormatError('truncated', null, { byte: size }, 'truncated: the archive ends too early');
  // An error of the disk keeps its own message.
  if (typeof code === 'string' && !code.startsWith('Z_')) return error;
  return new FormatError('container', null, { byte: size }, 'the archive is damaged');
}
