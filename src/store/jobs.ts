import type { Database } from './database.js';

export interface JobRun {
  readonly job: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly deleted: number;
}

const insertRun = 'insert into job_run (job, started_at, ended_at, deleted) values ($1, $2, now(), $3)';
const selectRuns = `
  select job, started_at as "startedAt", ended_at as "endedAt", deleted from job_run order by id desc limit $1`;
const unsealOld = `
  update tombstone set sealed = null, erasure_waits = false where entry = any(array(
    select entry from tombstone where sealed is not null and sealed_until <= now() limit $1)) returning 1`;

export class JobStore {
  constructor(private readonly database: Database) {}

  async record(job: string, startedAt: Date, deleted: number): Promise<void> {
    await this.database.query(insertRun, [job, startedAt, deleted]);
  }

  /** Newest first. */
  runs(limit: number): Promise<JobRun[]> {
    return this.database.query<JobRun & Record<string, unknown>>(selectRuns, [limit]);
  }

  /** Deletes sealed hashes whose time to undo is over and returns their number. */
  async purgeSeals(limit: number): Promise<number> {
    return (await this.database.query(unsealOld, [limit])).length;
  }
}
