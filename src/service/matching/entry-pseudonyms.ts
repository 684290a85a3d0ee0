import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import type { DataKey } from '../../domain/data-key.js';

/**
 * Ids of entries as one organisation is told them: the entry's UUID, encrypted under a key of that organisation. The same for it each time, so that
 * it can count and tell them back; nothing to compare with another's. One AES block, so a permutation: no two entries share a reference.
 */
export class EntryPseudonyms {
  private readonly key: Uint8Array;
  private readonly keys = new Map<string, Buffer>();

  constructor(key: DataKey) {
    this.key = key.derive('reference');
  }

  /** `entry` is `ent_` and 32 hex digits; so is what comes out. */
  show(organisation: string, entry: string): string {
    const cipher = createCipheriv('aes-128-ecb', this.keyOf(organisation), null).setAutoPadding(false);
    return `ent_${cipher.update(entry.slice(4), 'hex', 'hex')}${cipher.final('hex')}`;
  }

  /** The entry behind a reference. Of one that was never given out, an entry that does not exist. */
  resolve(organisation: string, reference: string): string {
    const decipher = createDecipheriv('aes-128-ecb', this.keyOf(organisation), null).setAutoPadding(false);
    return `ent_${decipher.update(reference.slice(4), 'hex', 'hex')}${decipher.final('hex')}`;
  }

  private keyOf(organisation: string): Buffer {
    const known = this.keys.get(organisation);
    if (known) return known;
    const key = createHmac('sha256', this.key).update(organisation).digest().subarray(0, 16);
    this.keys.set(organisation, key);
    return key;
  }
}
