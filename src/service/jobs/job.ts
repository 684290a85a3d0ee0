/** Work that the service repeats by itself. Every job is listed in `job-table.ts`. */
export interface Job {
  /** In `GET /v1/jobs` and as the label `job` of the metrics. */
  readonly name: string;
  readonly everyMs: number;
  /** Stops early when `signal` aborts: the service is closing. */
  run(signal: AbortSignal): Promise<unknown>;
  /** The first run starts at once, not at a random moment of the first interval. */
  readonly atStart?: boolean;
  /** One node runs it for all. Other jobs care for what a node has in memory or on its disk, and run on every node. */
  readonly leaderOnly?: boolean;
  /** Runs once more when the service closes, so that nothing it gathered is lost. */
  readonly atClose?: boolean;
}

/** `standby`: another node runs the job. */
export type JobStatus = 'not_started' | 'waiting' | 'running' | 'failing' | 'standby' | 'closed';

/** What operators see of a job. Times are ms since the epoch; null: never. */
export interface JobState {
  readonly name: string;
  readonly status: JobStatus;
  readonly leaderOnly: boolean;
  readonly everyMs: number;
  readonly runs: number;
  readonly failures: number;
  /** Failures since the last success. */
  readonly failuresInARow: number;
  readonly lastStartedAt: number | null;
  readonly lastSuccessAt: number | null;
  /** The class or code of the last error, never its text: that may quote data. */
  readonly lastError: string | null;
}
