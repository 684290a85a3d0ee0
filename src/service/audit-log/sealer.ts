import { setTimeout as pause } from 'node:timers/promises';
import type { AuditStore } from '../../store/audit.js';
import { sqlState } from '../../store/database.js';
import { sealingWith } from './chain.js';

const uniqueViolation = '23505';
/** Times in a row that other nodes may be faster. */
const maxLost = 20;
const longestRestMs = 50;

/** Chains what is committed: writers only insert, so they never queue for the end of the chain. Any number of nodes may do so at once. */
export class Sealer {
  constructor(
    private readonly audit: Pick<AuditStore, 'sealNext'>,
    /** The data key's part of purpose `audit`. */
    private readonly key: Uint8Array,
  ) {}

  /** Seals all acts that are committed by now; gives how many this node sealed. */
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
        // The primary key decides: another node took the position, so the end of the chain is read again.
        if (sqlState(error) !== uniqueViolation || ++lost > maxLost) throw error;
        await pause(Math.random() * longestRestMs);
      }
    }
  }
}
