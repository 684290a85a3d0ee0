import type { Logger } from 'pino';
import type { Job, JobState, JobStatus } from './job.js';

/** How soon a new leader runs what the old one may have left. */
const standbyMs = 5_000;

/**
 * Runs one job again and again, never twice at a time.
 *
 * The first run starts at a random moment of the first interval, and each pause varies by a quarter: nodes that start together do not
 * all query the database at once.
 */
export class ScheduledJob {
  private readonly closing = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private current: Promise<void> | undefined;
  private started = false;
  private runs = 0;
  private failures = 0;
  private failuresInARow = 0;
  private lastStartedAt: number | null = null;
  private lastSuccessAt: number | null = null;
  private lastError: string | null = null;

  constructor(
    private readonly job: Job,
    private readonly log: Pick<Logger, 'info' | 'warn'>,
    private readonly leads: () => boolean = () => true,
  ) {}

  start(): void {
    this.started = true;
    this.schedule(this.job.atStart ? 0 : Math.random() * this.job.everyMs);
  }

  get state(): JobState {
    const { runs, failures, failuresInARow, lastStartedAt, lastSuccessAt, lastError } = this;
    const { name, everyMs } = this.job;
    const leaderOnly = this.job.leaderOnly ?? false;
    return {
      name,
      status: this.status,
      leaderOnly,
      everyMs,
      runs,
      failures,
      failuresInARow,
      lastStartedAt,
      lastSuccessAt,
      lastError,
    };
  }

  /** Resolves when nothing runs and nothing will. */
  async close(): Promise<void> {
    this.closing.abort();
    clearTimeout(this.timer);
    await this.current;
    if (this.job.atClose) await this.runOnce(new AbortController().signal);
  }

  private get status(): JobStatus {
    if (this.closing.signal.aborted) return 'closed';
    if (this.failuresInARow > 0) return 'failing';
    if (this.current) return 'running';
    if (!this.started) return 'not_started';
    return this.isElsewhere ? 'standby' : 'waiting';
  }

  private get isElsewhere(): boolean {
    return this.job.leaderOnly === true && !this.leads();
  }

  private schedule(delayMs: number): void {
    if (this.closing.signal.aborted) return;
    this.timer = setTimeout(() => {
      if (this.isElsewhere) {
        // After a failure here, the next leader's runs count.
        this.failuresInARow = 0;
        this.schedule(Math.min(this.job.everyMs, standbyMs));
        return;
      }
      this.current = this.runOnce(this.closing.signal).then(() => {
        this.current = undefined;
        this.schedule(this.job.everyMs * (0.75 + Math.random() / 2));
      });
    }, delayMs);
  }

  /** Logs the first of several failures, and the success that ends them. */
  private async runOnce(signal: AbortSignal): Promise<void> {
    const { name } = this.job;
    this.lastStartedAt = Date.now();
    this.runs++;
    try {
      await this.job.run(signal);
      if (this.failuresInARow > 0) this.log.info({ job: name, failures: this.failuresInARow }, 'job works again');
      this.failuresInARow = 0;
      this.lastSuccessAt = Date.now();
    } catch (error) {
      if (this.failuresInARow === 0) this.log.warn({ err: error, job: name }, 'job failed');
      this.failures++;
      this.failuresInARow++;
      this.lastError = kindOf(error);
    }
  }
}

function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
