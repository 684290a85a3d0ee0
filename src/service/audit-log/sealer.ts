import { setTimeout as pause } from 'node:timers/promises';
import type { AuditStore } from '../../store/audit.js';
import { sqlState } from '../../store/database.js';
import { sealingWith } from './chain.js';

const uniqueViolation = '23505';
const maxLostInARow = 20;
const maxPauseMs = 50;

/** Chains committed acts, so that writers never wait for the end of the chain. */
export class Sealer {
  constructor(
    private readonly audit: Pick<AuditStore, 'sealNext'>,
    private readonly key: Uint8Array,
  ) {}

  /** Returns how many acts this node sealed. */
  async seal(): Promise<number> {
    const sealing = sealingWith(this.key);
    let sealed = 0;
    let lost = 0;
    for (;;) {
      try {
        const count = await this.audit.sealNext(sealing);
        if (count === 0) return sealed;
        sealed += count;
        lost = 0;
      } catch (error) {
        // Another node took the position: read the end of the chain again.
        if (sqlState(error) !== uniqueViolation || ++lost > maxLostInARow) throw error;
        await pause(Math.random() * maxPauseMs);
      }
    }
  }
}
