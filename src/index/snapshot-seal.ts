/**
 * Seals the chunks of a snapshot with AES-256-GCM. As in TLS 1.3, the nonce of a chunk is the nonce of the file, its last four
 * bytes xored with the chunk number. The authenticated data keeps chunks from being dropped, repeated or moved.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { nonceBytes, SnapshotRefused } from './snapshot-format.js';

const algorithm = 'aes-256-gcm';
export const tagBytes = 16;

export interface ChunkPlace {
  /** The first 32 bytes of the file. The last 12 are the nonce. */
  readonly preamble: Uint8Array;
  readonly number: number;
  readonly last: boolean;
}

/** Returns the sealed chunk and its tag. */
export function seal(key: Uint8Array, plain: Uint8Array, place: ChunkPlace): Buffer {
  const cipher = createCipheriv(algorithm, key, nonceOf(place), { authTagLength: tagBytes });
  cipher.setAAD(associated(place));
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SnapshotRefused for another key, or an altered or moved chunk. */
export function unseal(key: Uint8Array, sealed: Uint8Array, place: ChunkPlace): Buffer {
  const body = Math.max(0, sealed.length - tagBytes);
  try {
    const decipher = createDecipheriv(algorithm, key, nonceOf(place), { authTagLength: tagBytes });
    decipher.setAAD(associated(place));
    decipher.setAuthTag(sealed.subarray(body));
    const plain = decipher.update(sealed.subarray(0, body));
    decipher.final();
    return plain;
  } catch {
    throw new SnapshotRefused('the file was sealed with another key, or altered since');
  }
}

function nonceOf({ preamble, number }: ChunkPlace): Uint8Array {
  const nonce = Buffer.from(preamble.subarray(-nonceBytes));
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ number) >>> 0, 8);
  return nonce;
}

function associated({ preamble, number, last }: ChunkPlace): Buffer {
  const bytes = Buffer.alloc(preamble.length + 5);
  bytes.set(preamble);
  bytes.writeUInt32LE(number, preamble.length);
  bytes.writeUInt8(last ? 1 : 0, preamble.length + 4);
  return bytes;
}
