import { type VerdictName, verdictNames } from '../../domain/verdict.js';
import type { NodeState, NodeStore, Refusals, Traffic, TrafficAt } from '../../store/nodes.js';

export type { NodeState, Refusals, Traffic } from '../../store/nodes.js';

/** What a server measures. Everything counts from its start. */
export interface NodeMeasures {
  state(): NodeState;
  traffic(): Traffic;
  /** Answers of 429 and 503 by key, since the last call. */
  takeRefusals(): Map<string, Refusals>;
}

const minuteMs = 60_000;
/** While the database is away. */
const maxUnsent = 240;

/** Tells the other nodes how this one is, and what it answered in each minute. */
export class NodeReports {
  private readonly startedAt = new Date();
  private measures: NodeMeasures | undefined;
  private minute = 0;
  private atBeginOfMinute: Traffic | undefined;
  private ended: TrafficAt[] = [];
  private refusals = new Map<string, Refusals>();

  constructor(
    readonly node: string,
    private readonly store: Pick<NodeStore, 'report' | 'forget' | 'prune'>,
    private readonly clock: () => number = Date.now,
  ) {}

  /** Only a server has anything to tell. */
  attach(measures: NodeMeasures): void {
    this.measures = measures;
    this.begin(measures.traffic());
  }

  async report(): Promise<void> {
    const { measures, atBeginOfMinute: before } = this;
    if (!measures || !before) return;
    const total = measures.traffic();
    const current = { at: this.minute, ...difference(total, before) };
    add(this.refusals, measures.takeRefusals());
    const [sent, refusals] = [[...this.ended, current], this.refusals];
    if (minuteOf(this.clock()) !== this.minute) {
      this.ended = sent.slice(-maxUnsent);
      this.begin(total);
    }
    this.refusals = new Map();
    try {
      await this.store.report(this.node, this.startedAt, measures.state(), sent, refusals);
      this.ended = this.ended.filter((minute) => !sent.includes(minute));
    } catch (error) {
      add(this.refusals, refusals);
      throw error;
    }
  }

  prune(): Promise<void> {
    return this.store.prune();
  }

  /** A node that stops in good order is not missed. */
  async close(): Promise<void> {
    if (!this.measures) return;
    await this.report();
    await this.store.forget(this.node);
  }

  private begin(total: Traffic): void {
    this.minute = minuteOf(this.clock());
    this.atBeginOfMinute = total;
  }
}

function minuteOf(now: number): number {
  return Math.floor(now / minuteMs) * minuteMs;
}

function difference(now: Traffic, before: Traffic): Traffic {
  const verdicts: Partial<Record<VerdictName, number>> = {};
  for (const name of verdictNames) {
    const more = (now.verdicts[name] ?? 0) - (before.verdicts[name] ?? 0);
    if (more > 0) verdicts[name] = more;
  }
  return {
    requests: now.requests - before.requests,
    tooMany: now.tooMany - before.tooMany,
    unavailable: now.unavailable - before.unavailable,
    verdicts,
    latency: now.latency.map((count, at) => count - (before.latency[at] ?? 0)),
  };
}

function add(to: Map<string, Refusals>, more: ReadonlyMap<string, Refusals>): void {
  for (const [key, { tooMany, unavailable }] of more) {
    const known = to.get(key);
    to.set(key, { tooMany: tooMany + (known?.tooMany ?? 0), unavailable: unavailable + (known?.unavailable ?? 0) });
  }
}
