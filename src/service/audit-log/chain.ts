/**
 * The audit chain: mac = HMAC-SHA-256(key, previous mac || JSON of position and act). The first link follows 32 zero bytes.
 *
 * A plain hash would not do: anybody who rewrites the database could compute it again.
 */
import { createHmac } from 'node:crypto';
import type { RecordedAct, Sealing } from '../../store/audit.js';

export const macBytes = 32;
const first = new Uint8Array(macBytes);

/** `key`: 32 bytes. */
export function sealingWith(key: Uint8Array): Sealing {
  return (previous, position, act) =>
    createHmac('sha256', key)
      .update(previous ?? first)
      .update(canonical(position, act))
      .digest();
}

function canonical(position: number, { id, micros, person, organisation, key, via, act, subject, detail }: RecordedAct): string {
  return JSON.stringify([position, id, micros, person, organisation, key, via, act, subject, detail]);
}
