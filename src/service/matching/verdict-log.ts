import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VigieError } from '../../domain/errors.js';
import type { VerdictRecord } from '../../store/verdicts.js';

export interface VerdictSink {
  append(records: readonly VerdictRecord[]): Promise<void>;
}

/** Records a commit takes at once; more wait for the next one. */
const recordsPerCommit = 500;
/** Time a reply waits for its commit. Past it the reply goes out and the record stays queued: content must not wait for a log. */
const longestWaitMs = 1_000;
const retryAfterMs = 1_000;
/**
 * Rest between two commits under load, so that they gather records: commits one after the other kept the embedded database's thread busy
 * for one to three records each. With 5 ms a tenth fewer hash matches were answered, and not sooner (p99 17 against 14 ms, one query in twenty
 * known). The first record after a pause is committed at once.
 */
const restMs = 9;

interface Waiting {
  readonly record: VerdictRecord;
  readonly settle: () => void;
}

/**
 * Commits every verdict but `no_known_match` before its reply; those are only counted.
 *
 * While the database is away matching goes on: records queue up in memory and are written when it is back. Past the limit the caller is
 * told to hold the content, because an answer nobody could account for is worse than a late one.
 */
export class VerdictLog {
  private readonly queue: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private awaySince: number | undefined;
  private closed = false;
  /** Answers of `no_known_match` since the start. */
  unmatched = 0;

  constructor(
    private readonly sink: VerdictSink,
    private readonly log: Logger,
    private readonly limit = 10_000,
  ) {}

  /** Records waiting for a commit. */
  get pending(): number {
    return this.queue.length;
  }

  count(): void {
    this.unmatched++;
  }

  /**
   * Resolves when the record is committed, or at once while the database is known to be away.
   *
   * @throws VigieError `overloaded` when too many records wait.
   */
  async record(record: VerdictRecord): Promise<void> {
    if (this.queue.length >= this.limit) {
      throw new VigieError('overloaded', `the database is away and ${this.limit} verdicts wait to be recorded`, 5);
    }
    await new Promise<void>((resolve) => {
      const late = this.awaySince === undefined ? setTimeout(resolve, longestWaitMs) : undefined;
      if (!late) resolve();
      const settle = () => {
        clearTimeout(late);
        resolve();
      };
      this.queue.push({ record, settle });
      if (!this.retry) this.writing ??= this.write();
    });
  }

  /** Writes what is left, once. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.writing;
    if (this.queue.length > 0) await this.write();
    if (this.queue.length > 0) this.log.error({ verdicts: this.queue.length }, 'verdicts lost: the database is away');
  }

  private async write(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.slice(0, recordsPerCommit);
      try {
        await this.append(batch);
      } catch (error) {
        this.pause(error, batch);
        break;
      }
      this.queue.splice(0, batch.length);
      for (const { settle } of batch) settle();
      if (this.awaySince !== undefined)
        this.log.info({ ms: Math.round(performance.now() - this.awaySince) }, 'verdicts are recorded again');
      this.awaySince = undefined;
      if (!this.closed && batch.length < recordsPerCommit) await pause(restMs);
    }
    this.writing = undefined;
  }

  /** One that the database refuses must not hold up the others: it is logged, by its request, and left out. */
  private async append(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.sink.append(batch.map(({ record }) => record));
    } catch (error) {
      if (isAway(error)) throw error;
      if (batch.length > 1) {
        for (const one of batch) await this.append([one]);
      } else this.log.error({ err: error, requestId: batch[0]?.record.requestId }, 'a verdict cannot be recorded');
    }
  }

  private pause(error: unknown, batch: readonly Waiting[]): void {
    for (const { settle } of batch) settle();
    if (this.awaySince === undefined) {
      this.awaySince = performance.now();
      this.log.warn({ err: error }, 'verdicts cannot be recorded; they wait in memory');
    }
    if (this.closed) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.writing ??= this.write();
    }, retryAfterMs);
  }
}

function isAway(error: unknown): boolean {
  return error instanceof VigieError && error.code === 'database_unavailable';
}
