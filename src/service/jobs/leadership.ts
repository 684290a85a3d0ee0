import type { Logger } from 'pino';
import type { JobLeaseStore, Lease } from '../../store/job-lease.js';

/** After a leader dies, another node takes over within 15 s + 5 s. */
const leaseMs = 15_000;
const renewEveryMs = 5_000;

/** Who runs the jobs that one node runs for all. */
export interface Leadership {
  readonly node: string;
  /** True while no other node can be the leader. */
  readonly leads: boolean;
  start(): void;
  close(): Promise<void>;
  /** Null: nobody at the moment. @throws VigieError `database_unavailable`. */
  leader(): Promise<Lease | null>;
}

/** The embedded database has one server. */
export function onlyNode(node: string): Leadership {
  const since = new Date();
  return { node, leads: true, start() {}, close: async () => {}, leader: async () => ({ node, since }) };
}

/**
 * Leads while it holds a lease in the database. The jobs also bear two leaders: a node that was suspended may finish the run that it
 * had begun.
 */
export class LeasedLeadership implements Leadership {
  /** performance.now. Counted from before the query, so this node stops before another one can begin. */
  private leadsUntil = 0;
  private timer: NodeJS.Timeout | undefined;
  private renewal: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    readonly node: string,
    private readonly store: Pick<JobLeaseStore, 'claim' | 'release' | 'holder'>,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
  ) {}

  get leads(): boolean {
    return performance.now() < this.leadsUntil;
  }

  start(): void {
    this.renewal = this.renew();
  }

  async leader(): Promise<Lease | null> {
    return (await this.store.holder()) ?? null;
  }

  /** Another node need not wait for the end of the lease. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.renewal;
    this.leadsUntil = 0;
    await this.store.release(this.node).catch(() => {});
  }

  private async renew(): Promise<void> {
    const led = this.leads;
    const startedAt = performance.now();
    try {
      const lease = await this.store.claim(this.node, leaseMs);
      this.leadsUntil = lease?.node === this.node ? startedAt + leaseMs : 0;
      if (this.leads && !led) this.log.info({ node: this.node }, 'this node leads: it runs the jobs of the installation');
      if (!this.leads && led) this.log.warn({ node: this.node, leader: lease?.node }, 'this node no longer leads');
    } catch (error) {
      if (led) this.log.warn({ err: error }, 'could not renew the lease of the jobs');
    }
    if (!this.closed) this.timer = setTimeout(() => this.start(), renewEveryMs);
  }
}
