import type { Logger } from 'pino';
import type { JobRun, JobStore } from '../../store/jobs.js';
import { Periodic } from './periodic.js';

const hourMs = 3_600_000;
/** Rows a statement deletes: about 10 ms, so that nobody waits for it. */
const deletedAtOnce = 1_000;

/** Deletes up to `limit` things whose time is over; gives how many. */
export type Purge = (limit: number) => Promise<number>;

/** Deletes what should no longer be there, hourly, and leaves a record of each run: proof that it is gone. */
export class RetentionJobs {
  private readonly periodic: Periodic;
  private closed = false;

  constructor(
    private readonly jobs: JobStore,
    private readonly retentionJobs: Readonly<Record<string, Purge>>,
    log: Logger,
  ) {
    this.periodic = new Periodic(
      hourMs,
      () => this.run(),
      (error) => log.warn({ err: error }, 'what is over could not be deleted; the next hour tries again'),
    );
  }

  start(): void {
    this.periodic.start();
  }

  /** Runs every purge once, to its end. */
  async run(): Promise<void> {
    for (const [job, purge] of Object.entries(this.retentionJobs)) {
      const startedAt = new Date();
      let deleted = 0;
      while (!this.closed) {
        const count = await purge(deletedAtOnce);
        deleted += count;
        if (count < deletedAtOnce) break;
      }
      await this.jobs.record(job, startedAt, deleted);
    }
  }

  /** The last runs, newest first. */
  runs(limit: number): Promise<JobRun[]> {
    return this.jobs.runs(limit);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.periodic.close();
  }
}
