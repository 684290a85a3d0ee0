/**
 * The snapshot file. Numbers are little-endian.
 *
 *      0  magic     'vigieidx'
 *      8  version   u32
 *     12  flags     u32, bit 0: the body is sealed
 *     16  header    u32, bytes of the header: a multiple of 64
 *     20  nonce     12 random bytes; zeros if the body is plain
 *     32  body      chunks of 1 MiB, the last may be shorter; if sealed, each is followed by its tag of 16 bytes
 *           header    JSON (`SnapshotHeader`), padded with spaces
 *           records   64 bytes each, ordinals rising
 *    -32  checksum  SHA-256 of all bytes before
 *
 *     record:   0 value 32 | 32 entry UUID 16 | 48 ordinal u32 | 52 list u16 | 54 variant u16 | 56 class u8 | 57 standing u8
 *              58 quality u8, 255 unknown | 59 algorithm u8 | 60 zeros 4
 *
 * The header does not count the records, because hashes come and go while the file is written. List, variant and class are
 * indexes into the names of the header; algorithm is a `snapshotCode`. The value of an exact hash is its key (exact-key.ts).
 */
import { z } from 'zod';
import { contentClasses } from '../domain/list.js';

/** The message goes to the log, so it contains no hash and no key. */
export class SnapshotRefused extends Error {
  override readonly name = 'SnapshotRefused';
}

const magic = Buffer.from('vigieidx');
const version = 2;
const sealedFlag = 1;
export const preambleBytes = 32;
export const nonceBytes = 12;
export const checksumBytes = 32;
export const chunkBytes = 1024 * 1024;
export const recordBytes = 64;
export const unknownQuality = 255;

const headerSchema = z.strictObject({
  position: z.strictObject({
    epoch: z.string().regex(/^[0-9a-f-]{36}( \d+ [0-9A-F]{8})?$/),
    snapshot: z.string().regex(/^\d+:\d+:[\d,]*$/),
  }),
  version: z.string().regex(/^\d+$/),
  lists: z.array(z.string()).max(65_536),
  classes: z.array(z.enum(contentClasses)).max(256),
  variants: z.array(z.string()).max(65_536),
});

export type SnapshotHeader = Readonly<z.output<typeof headerSchema>>;
export type RecordNames = Pick<SnapshotHeader, 'lists' | 'classes' | 'variants'>;

export interface Preamble {
  readonly sealed: boolean;
  readonly headerBytes: number;
  readonly nonce: Uint8Array;
}

export function encodePreamble({ sealed, headerBytes, nonce }: Preamble): Buffer {
  const bytes = Buffer.alloc(preambleBytes);
  magic.copy(bytes);
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(sealed ? sealedFlag : 0, 12);
  bytes.writeUInt32LE(headerBytes, 16);
  bytes.set(nonce, 20);
  return bytes;
}

/** @throws SnapshotRefused */
export function decodePreamble(bytes: Buffer): Preamble {
  if (bytes.length < preambleBytes || !bytes.subarray(0, magic.length).equals(magic)) {
    throw new SnapshotRefused('the file is not a snapshot');
  }
  const found = bytes.readUInt32LE(8);
  if (found !== version) throw new SnapshotRefused(`the file has format ${found}, this version reads ${version}`);
  const flags = bytes.readUInt32LE(12);
  if ((flags & ~sealedFlag) !== 0) throw new SnapshotRefused(`the file has flags ${flags}, of which some are unknown`);
  return { sealed: flags === sealedFlag, headerBytes: bytes.readUInt32LE(16), nonce: bytes.subarray(20, preambleBytes) };
}

export function encodeHeader(header: SnapshotHeader): Buffer {
  const json = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(json.length / recordBytes) * recordBytes, ' ');
  json.copy(padded);
  return padded;
}

/** @throws SnapshotRefused */
export function decodeHeader(bytes: Uint8Array): SnapshotHeader {
  try {
    return headerSchema.parse(JSON.parse(Buffer.from(bytes).toString()));
  } catch {
    throw new SnapshotRefused('the file has a header this version cannot read');
  }
}

/** An object per record would cost more than the record. */
export class RecordCursor {
  at = 0;
  readonly bytes: Uint8Array;
  private readonly view: DataView;

  constructor(bytes: Uint8Array) {
    // A subarray of a Buffer takes three times as long, a tenth of a load.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(length: number): Uint8Array {
    return this.bytes.subarray(this.at, this.at + length);
  }

  get entry(): Uint8Array {
    return this.bytes.subarray(this.at + 32, this.at + 48);
  }

  /** One of the four words of the UUID. */
  entryWord(number: number): number {
    return this.view.getUint32(this.at + 32 + number * 4, true);
  }

  get ordinal(): number {
    return this.view.getUint32(this.at + 48, true);
  }

  set ordinal(ordinal: number) {
    this.view.setUint32(this.at + 48, ordinal, true);
  }

  get list(): number {
    return this.view.getUint16(this.at + 52, true);
  }

  set list(list: number) {
    this.view.setUint16(this.at + 52, list, true);
  }

  get variant(): number {
    return this.view.getUint16(this.at + 54, true);
  }

  set variant(variant: number) {
    this.view.setUint16(this.at + 54, variant, true);
  }

  get class(): number {
    return this.view.getUint8(this.at + 56);
  }

  set class(number: number) {
    this.view.setUint8(this.at + 56, number);
  }

  get standing(): number {
    return this.view.getUint8(this.at + 57);
  }

  set standing(standing: number) {
    this.view.setUint8(this.at + 57, standing);
  }

  get quality(): number {
    return this.view.getUint8(this.at + 58);
  }

  set quality(quality: number) {
    this.view.setUint8(this.at + 58, quality);
  }

  get algorithm(): number {
    return this.view.getUint8(this.at + 59);
  }

  set algorithm(algorithm: number) {
    this.view.setUint8(this.at + 59, algorithm);
  }

  get reserved(): number {
    return this.view.getUint32(this.at + 60, true);
  }
}
