import type { Logger } from 'pino';
import type { AuditStore } from '../../store/audit.js';
import { appendAnchor, readAnchors } from './anchor.js';
import { Sealer } from './sealer.js';

export interface AuditSealingParts {
  readonly audit: AuditStore;
  readonly key: Uint8Array;
  readonly anchorPath: string;
  /** True for a server, which anchors once more when it stops. */
  readonly anchors: boolean;
  readonly log: Logger;
}

export class AuditSealing {
  private readonly sealer: Sealer;
  private anchoredAt = performance.now();
  unsealed = 0;

  constructor(private readonly parts: AuditSealingParts) {
    this.sealer = new Sealer(parts.audit, parts.key);
  }

  /** Since the last successful `anchor`, or since the start. */
  get anchorAgeSeconds(): number {
    return (performance.now() - this.anchoredAt) / 1_000;
  }

  async seal(): Promise<void> {
    try {
      await this.sealer.seal();
    } finally {
      this.unsealed = await this.parts.audit.pending();
    }
  }

  /** Appends the end of the chain, unless it is the last line. Logs an error if that line is no longer true. */
  async anchor(): Promise<void> {
    const { audit, anchorPath, log } = this.parts;
    const head = await audit.head();
    const last = (await readAnchors(anchorPath))?.anchors.at(-1);
    if (last && !(await this.stands(last.position, last.mac))) {
      log.error({ position: last.position, at: last.at }, 'the audit log no longer matches its anchor; run "vigie audit verify"');
    }
    const isAnchored = head && last?.position === head.position && last.mac === hexOf(head.mac);
    if (head && !isAnchored) await appendAnchor(anchorPath, head, new Date());
    this.anchoredAt = performance.now();
  }

  async close(): Promise<void> {
    // Without a server nobody else seals the acts of a command. If this fails, the next server or command does.
    if (!this.parts.anchors) return this.seal().catch(() => {});
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
