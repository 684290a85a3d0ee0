import type { Logger } from 'pino';
import type { Lease } from '../../store/job-lease.js';
import type { JobRun, JobStore } from '../../store/jobs.js';
import type { Job, JobState } from './job.js';
import { type Leadership, onlyNode } from './leadership.js';
import { ScheduledJob } from './scheduled-job.js';

/** All background jobs of this node. */
export class Jobs {
  private readonly scheduled: readonly ScheduledJob[];

  constructor(
    table: readonly Job[],
    private readonly store: Pick<JobStore, 'runs'>,
    log: Logger,
    private readonly leadership: Leadership = onlyNode('this node'),
  ) {
    this.scheduled = table.map((job) => new ScheduledJob(job, log, () => leadership.leads));
  }

  start(): void {
    this.leadership.start();
    for (const job of this.scheduled) job.start();
  }

  /** The jobs of this node. */
  states(): JobState[] {
    return this.scheduled.map(({ state }) => state);
  }

  get leads(): boolean {
    return this.leadership.leads;
  }

  /** This node, and the one that runs the jobs of all. */
  async nodes(): Promise<{ node: string; leader: Lease | null }> {
    return { node: this.leadership.node, leader: await this.leadership.leader() };
  }

  /** The last deletions by any node, newest first. */
  deletions(limit: number): Promise<JobRun[]> {
    return this.store.runs(limit);
  }

  async close(): Promise<void> {
    await Promise.all(this.scheduled.map((job) => job.close()));
    await this.leadership.close();
  }
}
