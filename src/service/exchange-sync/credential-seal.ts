/** Credentials of exchanges, encrypted by AES-256-GCM under a key derived from the data key. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { DataKey } from '../../domain/data-key.js';
import { VigieError } from '../../domain/errors.js';

const cipher = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

export type Credentials = Readonly<Record<string, string>>;
const credentialsSchema = z.record(z.string(), z.string());

export class CredentialSeal {
  private readonly key: Uint8Array;

  constructor(dataKey: DataKey) {
    this.key = dataKey.derive('exchange');
  }

  /** Nonce, ciphertext, tag. Bound to the exchange and its address: nobody can send them elsewhere by editing a row. */
  seal(exchange: string, baseUrl: string, credentials: Credentials): Uint8Array {
    const nonce = randomBytes(nonceBytes);
    const sealing = createCipheriv(cipher, this.key, nonce).setAAD(boundTo(exchange, baseUrl));
    const body = sealing.update(JSON.stringify(credentials));
    return Buffer.concat([nonce, body, sealing.final(), sealing.getAuthTag()]);
  }

  /** @throws VigieError `conflict` for another data key or another address. */
  open(exchange: string, baseUrl: string, sealed: Uint8Array): Credentials {
    const bytes = Buffer.from(sealed);
    try {
      const opening = createDecipheriv(cipher, this.key, bytes.subarray(0, nonceBytes))
        .setAAD(boundTo(exchange, baseUrl))
        .setAuthTag(bytes.subarray(-tagBytes));
      const body = Buffer.concat([opening.update(bytes.subarray(nonceBytes, -tagBytes)), opening.final()]);
      return credentialsSchema.parse(JSON.parse(body.toString()));
    } catch {
      throw new VigieError('conflict', 'the credentials are sealed for another data key or address; set them again');
    }
  }
}

function boundTo(exchange: string, baseUrl: string): Buffer {
  return Buffer.from(`${exchange} ${baseUrl}`);
}
