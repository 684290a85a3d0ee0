/** docs/decisions/0010-audit.md says which tampering it finds. */
import { timingSafeEqual } from 'node:crypto';
import type { AuditStore, SealedAct, Sealing } from '../../store/audit.js';
import type { Anchor, Anchors } from './anchor.js';
import { sealingWith } from './chain.js';

/** `altered`: the act or its seal was edited. `cut_off`: the end is gone. `rechained`: valid, but not what was anchored. */
export type Fault = 'altered' | 'removed' | 'missing' | 'cut_off' | 'rechained' | 'unsealed' | 'anchor';

export interface Finding {
  readonly fault: Fault;
  readonly position: number | null;
  /** The act's id, if known. */
  readonly act: number | null;
  readonly what: string;
}

/** Keeps no link: memory does not grow with the chain. */
export class ChainCheck {
  private readonly sealing: Sealing;
  private readonly anchored = new Map<number, Anchor[]>();
  private last: { position: number; mac: Uint8Array | null } = { position: 0, mac: null };
  /** False after a gap: the previous mac is unknown. */
  private isKnown = true;

  constructor(
    key: Uint8Array,
    private readonly anchors: readonly Anchor[],
    private readonly report: (finding: Finding) => void,
  ) {
    this.sealing = sealingWith(key);
    for (const anchor of anchors) this.anchored.set(anchor.position, [...(this.anchored.get(anchor.position) ?? []), anchor]);
  }

  take(link: SealedAct): void {
    const { position, actId, act, mac } = link;
    if (position < 1) {
      this.report({ fault: 'altered', position, act: actId, what: `act ${actId} has the impossible position ${position}` });
      return;
    }
    if (position > this.last.position + 1) this.skipTo(position);
    if (!act) this.report({ fault: 'removed', position, act: actId, what: `act ${actId}, position ${position}, was removed` });
    else if (this.isKnown && !equal(mac, this.sealing(this.last.mac, position, act))) {
      const what = `act ${actId}, position ${position}, is not what was sealed: it was edited, moved or sealed with another key`;
      this.report({ fault: 'altered', position, act: actId, what });
    }
    for (const anchor of this.anchored.get(position) ?? []) this.compare(link, anchor);
    this.last = { position, mac };
    this.isKnown = true;
  }

  /** Reports a cut-off end. */
  end(): void {
    const beyond = this.anchors.filter(({ position }) => position > this.last.position);
    const [furthest] = beyond.toSorted((a, b) => b.position - a.position);
    if (!furthest) return;
    const position = this.last.position + 1;
    const what = `positions ${position} to ${furthest.position} were cut off: the last existed at ${furthest.at}`;
    this.report({ fault: 'cut_off', position, act: null, what });
  }

  private skipTo(position: number): void {
    const [from, to] = [this.last.position + 1, position - 1];
    const which = from === to ? `position ${from} is` : `positions ${from} to ${to} are`;
    this.report({
      fault: 'missing',
      position: from,
      act: null,
      what: `${which} missing, so position ${position} cannot be checked`,
    });
    this.isKnown = false;
  }

  private compare({ position, actId, mac }: SealedAct, anchor: Anchor): void {
    if (equal(mac, Buffer.from(anchor.mac, 'hex'))) return;
    const what = `position ${position}, now act ${actId}, had another seal at ${anchor.at}: the chain was cut here or earlier and sealed again`;
    this.report({ fault: 'rechained', position, act: actId, what });
  }
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

export interface AuditReport {
  readonly sealed: number;
  readonly anchors: number;
  /** May be more than the 100 that `findings` holds. */
  readonly faults: number;
  readonly findings: readonly Finding[];
}

/** A running server seals within seconds. */
const sealedWithinMs = 5 * 60_000;
const maxFindings = 100;

export async function checkAudit(
  audit: AuditStore,
  key: Uint8Array,
  { anchors, unreadable }: Anchors,
  onLinks: (links: number) => void = () => {},
): Promise<AuditReport> {
  const findings: Finding[] = [];
  let faults = 0;
  let sealed = 0;
  const report = (finding: Finding) => {
    if (++faults <= maxFindings) findings.push(finding);
  };
  for (const line of unreadable)
    report({ fault: 'anchor', position: null, act: null, what: `line ${line} of the anchor file is unreadable` });
  const check = new ChainCheck(key, anchors, report);
  for await (const page of audit.pages(Number.MIN_SAFE_INTEGER)) {
    for (const link of page) check.take(link);
    sealed += page.length;
    onLinks(page.length);
  }
  check.end();
  for (const act of await audit.unsealed(sealedWithinMs, maxFindings)) {
    report({ fault: 'unsealed', position: null, act, what: `act ${act} was never sealed, or its seal was cut off` });
  }
  return { sealed, anchors: anchors.length, faults, findings };
}
