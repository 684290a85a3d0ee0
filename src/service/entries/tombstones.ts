/** A seal keeps withdrawn hashes until they can no longer be restored. Marks block them from being enrolled again. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DataKey } from '../../domain/data-key.js';
import { VigieError } from '../../domain/errors.js';
import type { SealedHash } from '../../store/entry-review.js';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

const sealedHashes = z.array(
  z.strictObject({
    algorithm: z.string(),
    variant: z.string(),
    hex: z.string(),
    quality: z.number().nullable(),
  }),
);

export class Tombstones {
  private readonly markKey: Uint8Array;
  private readonly sealKey: Uint8Array;

  constructor(key: DataKey) {
    this.markKey = key.derive('tombstone');
    this.sealKey = key.derive('seal');
  }

  /** 32 bytes each. Hashes of parts get no mark, because two pictures may share a sky. */
  marksOf(hashes: readonly Pick<SealedHash, 'algorithm' | 'variant' | 'hex'>[]): Uint8Array[] {
    return this.hexMarksOf(hashes).map((mark) => Buffer.from(mark, 'hex'));
  }

  /** The marks in hex. A buffer for each would take a sixth of the time of an import. */
  hexMarksOf(hashes: readonly Pick<SealedHash, 'algorithm' | 'variant' | 'hex'>[]): string[] {
    return hashes.flatMap(({ algorithm, variant, hex }) =>
      variant === 'full' ? [createHmac('sha256', this.markKey).update(`${algorithm} ${hex}`).digest('hex')] : [],
    );
  }

  /** Nonce, ciphertext, tag. */
  seal(uuid: string, hashes: readonly SealedHash[]): Buffer {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.sealKey, nonce).setAAD(Buffer.from(uuid));
    const body = sealing.update(JSON.stringify(hashes));
    return Buffer.concat([nonce, body, sealing.final(), sealing.getAuthTag()]);
  }

  /** @throws VigieError `conflict` for another data key. */
  unseal(uuid: string, sealed: Uint8Array): SealedHash[] {
    const bytes = Buffer.from(sealed);
    const opening = createDecipheriv(cipher, this.sealKey, bytes.subarray(0, nonceBytes))
      .setAAD(Buffer.from(uuid))
      .setAuthTag(bytes.subarray(-tagBytes));
    try {
      const body = Buffer.concat([opening.update(bytes.subarray(nonceBytes, -tagBytes)), opening.final()]);
      return sealedHashes.parse(JSON.parse(body.toString()));
    } catch {
      throw new VigieError('conflict', 'the withdrawn hashes are sealed with another data key, so they cannot be restored here');
    }
  }
}
