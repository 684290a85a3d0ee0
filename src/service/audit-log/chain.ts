/**
 * The chain of the audit: mac = HMAC-SHA-256(key, previous mac || JSON of position and act). The first link follows 32 zero bytes.
 *
 * A MAC and no hash: whoever rewrites the database can compute hashes anew, but no macs without the key, which is never there.
 */
import { createHmac } from 'node:crypto';
import type { RecordedAct, Sealing } from '../../store/audit.js';

export const macBytes = 32;
const first = new Uint8Array(macBytes);

/** How links are made with `key` (32 bytes, of purpose `audit`). */
export function sealingWith(key: Uint8Array): Sealing {
  return (previous, position, act) =>
    createHmac('sha256', key)
      .update(previous ?? first)
      .update(canonical(position, act))
      .digest();
}

/** One text for one act at one position, and for no other. */
function canonical(position: number, { id, micros, person, organisation, key, via, act, subject, detail }: RecordedAct): string {
  return JSON.stringify([position, id, micros, person, organisation, key, via, act, subject, detail]);
}
