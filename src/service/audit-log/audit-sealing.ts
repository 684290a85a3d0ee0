import type { Logger } from 'pino';
import type { AuditStore } from '../../store/audit.js';
import { appendAnchor, readAnchors } from './anchor.js';
import { Sealer } from './sealer.js';

export interface AuditSealingParts {
  readonly audit: AuditStore;
  /** The data key's part of purpose `audit`. */
  readonly key: Uint8Array;
  readonly anchorPath: string;
  /** A server seals and anchors at its end, even one that is stopped before its jobs start. A command leaves that to servers. */
  readonly anchors: boolean;
  readonly log: Logger;
}

/** Seals acts every two seconds, and writes the end of the chain to the anchor file every hour and at the end. */
export class AuditSealing {
  private readonly sealer: Sealer;
  private anchoredAt = performance.now();
  /** Acts that the last look found not sealed. */
  unsealed = 0;

  constructor(private readonly parts: AuditSealingParts) {
    this.sealer = new Sealer(parts.audit, parts.key);
  }

  /** Time since the end of the chain was last made sure of in the anchor file, or since the start. */
  get anchorAgeSeconds(): number {
    return (performance.now() - this.anchoredAt) / 1_000;
  }

  /** Seals what is committed. */
  async seal(): Promise<void> {
    try {
      await this.sealer.seal();
    } finally {
      this.unsealed = await this.parts.audit.pending();
    }
  }

  /** Adds the end of the chain to the anchor file, unless it is the last line already; tells the log when that line no longer holds. */
  async anchor(): Promise<void> {
    const { audit, anchorPath, log } = this.parts;
    const head = await audit.head();
    const last = (await readAnchors(anchorPath))?.anchors.at(-1);
    if (last && !(await this.stands(last.position, last.mac))) {
      log.error(
        { position: last.position, at: last.at },
        'the audit no longer holds what was anchored: run "vigie audit verify"',
      );
    }
    const isAnchored = head && last?.position === head.position && last.mac === hexOf(head.mac);
    if (head && !isAnchored) await appendAnchor(anchorPath, head, new Date());
    this.anchoredAt = performance.now();
  }

  /** Seals and anchors once more, as far as the database can be reached. */
  async close(): Promise<void> {
    if (!this.parts.anchors) return;
    await this.seal();
    await this.anchor();
  }

  private async stands(position: number, mac: string): Promise<boolean> {
    const seal = await this.parts.audit.sealAt(position);
    return seal !== undefined && hexOf(seal.mac) === mac;
  }
}

function hexOf(mac: Uint8Array): string {
  return Buffer.from(mac).toString('hex');
}
