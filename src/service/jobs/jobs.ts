import type { Logger } from 'pino';
import type { JobRun, JobStore } from '../../store/jobs.js';
import type { Job, JobState } from './job.js';
import { ScheduledJob } from './scheduled-job.js';

/** All background jobs of this node. */
export class Jobs {
  private readonly scheduled: readonly ScheduledJob[];

  constructor(
    table: readonly Job[],
    private readonly store: Pick<JobStore, 'runs'>,
    log: Logger,
  ) {
    this.scheduled = table.map((job) => new ScheduledJob(job, log));
  }

  start(): void {
    for (const job of this.scheduled) job.start();
  }

  /** The jobs of this node. */
  states(): JobState[] {
    return this.scheduled.map(({ state }) => state);
  }

  /** The last deletions by any node, newest first. */
  deletions(limit: number): Promise<JobRun[]> {
    return this.store.runs(limit);
  }

  async close(): Promise<void> {
    await Promise.all(this.scheduled.map((job) => job.close()));
  }
}
