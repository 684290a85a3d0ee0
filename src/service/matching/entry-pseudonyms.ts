import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { DataKey } from '../../domain/data-key.js';

/**
 * An entry's UUID, encrypted under a key of one organisation, so that two organisations cannot compare what they see. One AES block is a
 * permutation: no two entries share a pseudonym.
 */
export class EntryPseudonyms {
  private readonly key: Uint8Array;
  private readonly keys = new Map<string, Buffer>();

  constructor(key: DataKey) {
    this.key = key.derive('reference');
  }

  show(organisation: string, entry: string): string {
    const cipher = createCipheriv('aes-128-ecb', this.keyOf(organisation), null).setAutoPadding(false);
    return `ent_${cipher.update(entry.slice(4), 'hex', 'hex')}${cipher.final('hex')}`;
  }

  /** An invented pseudonym gives an entry that does not exist. */
  resolve(organisation: string, pseudonym: string): string {
    const decipher = createDecipheriv('aes-128-ecb', this.keyOf(organisation), null).setAutoPadding(false);
    return `ent_${decipher.update(pseudonym.slice(4), 'hex', 'hex')}${decipher.final('hex')}`;
  }

  private keyOf(organisation: string): Buffer {
    const known = this.keys.get(organisation);
    if (known) return known;
    const key = createHmac('sha256', this.key).update(organisation).digest().subarray(0, 16);
    this.keys.set(organisation, key);
    return key;
  }
}
