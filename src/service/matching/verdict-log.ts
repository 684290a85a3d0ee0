import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { VigieError } from '../../domain/errors.js';
import { isDataError } from '../../store/database-errors.js';
import type { VerdictRecord } from '../../store/verdicts.js';

export interface VerdictSink {
  append(records: readonly VerdictRecord[]): Promise<void>;
}

const recordsPerCommit = 500;
/** Matches and evidence. 500 records can have 42 000, and writing their JSON would block the main thread for 100 ms. */
const reasonsPerCommit = 4_000;
/** Then the reply goes out and the record stays queued: content must not wait for a log. */
const maxWaitMs = 1_000;
const retryAfterMs = 1_000;
/** At a stop. After a fault of the network, the first tries may use connections that are lost. */
const lastTriesMs = 5_000;
const closeRetryMs = 100;
/**
 * Pause between two commits, to gather records: without it the embedded database was busy with one to three per commit. With 5 ms it
 * answered a tenth fewer hash matches (one query in twenty known).
 */
const restMs = 9;

interface Waiting {
  readonly record: VerdictRecord;
  readonly settle: () => void;
}

/**
 * Commits every verdict except `no_known_match` before its reply.
 *
 * While the database does not accept them (unreachable, read-only, out of time, full, a wrong schema), records wait in memory. Past the
 * limit callers have to wait: an answer without a record is worse than a late one. Only a record that the database would refuse again
 * is dropped.
 */
export class VerdictLog {
  private readonly queue: Waiting[] = [];
  private writing: Promise<void> | undefined;
  private retry: NodeJS.Timeout | undefined;
  private awaySince: number | undefined;
  private closed = false;
  unmatched = 0;
  /** Records that the database refused for their data. */
  refused = 0;

  constructor(
    private readonly sink: VerdictSink,
    private readonly log: Logger,
    private readonly limit = 10_000,
    private readonly closeWithinMs = lastTriesMs,
  ) {}

  get pending(): number {
    return this.queue.length;
  }

  count(): void {
    this.unmatched++;
  }

  /** Resolves when the record is committed, or at once while the database does not accept records. @throws VigieError `overloaded`. */
  async record(record: VerdictRecord): Promise<void> {
    if (this.queue.length >= this.limit) {
      throw new VigieError(
        'overloaded',
        `the database does not store verdicts, and ${this.limit} wait to be recorded: hold the content and retry`,
        5,
      );
    }
    await new Promise<void>((resolve) => {
      const late = this.awaySince === undefined ? setTimeout(resolve, maxWaitMs) : undefined;
      if (!late) resolve();
      const settle = () => {
        clearTimeout(late);
        resolve();
      };
      this.queue.push({ record, settle });
      if (!this.retry) this.writing ??= this.write();
    });
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.retry);
    await this.writing;
    const until = performance.now() + this.closeWithinMs;
    while (this.queue.length > 0) {
      await this.write();
      if (this.queue.length === 0 || performance.now() > until) break;
      await pause(closeRetryMs);
    }
    if (this.queue.length > 0) this.log.error({ verdicts: this.queue.length }, 'verdicts lost: the database did not accept them');
  }

  private lengthOfCommit(): number {
    let count = 0;
    for (let reasons = 0; count < Math.min(this.queue.length, recordsPerCommit); count++) {
      const { matches = [], evidence = [] } = this.queue[count]?.record ?? {};
      reasons += matches.length + evidence.length;
      if (reasons > reasonsPerCommit && count > 0) break;
    }
    return count;
  }

  private async write(): Promise<void> {
    while (this.queue.length > 0) {
      const batch = this.queue.slice(0, this.lengthOfCommit());
      try {
        await this.append(batch);
      } catch (error) {
        this.pause(error, batch);
        break;
      }
      this.queue.splice(0, batch.length);
      for (const { settle } of batch) settle();
      if (this.awaySince !== undefined)
        this.log.info({ ms: Math.round(performance.now() - this.awaySince) }, 'database accepts verdicts again');
      this.awaySince = undefined;
      if (!this.closed && batch.length < recordsPerCommit) await pause(restMs);
    }
    this.writing = undefined;
  }

  /** Leaves out a record that the database refuses, so that it does not hold up the others. */
  private async append(batch: readonly Waiting[]): Promise<void> {
    try {
      await this.sink.append(batch.map(({ record }) => record));
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (batch.length > 1) {
        for (const one of batch) await this.append([one]);
        return;
      }
      this.refused++;
      this.log.error({ err: error, requestId: batch[0]?.record.requestId }, 'verdict not recorded: the database refused it');
    }
  }

  private pause(error: unknown, batch: readonly Waiting[]): void {
    for (const { settle } of batch) settle();
    if (this.awaySince === undefined) {
      this.awaySince = performance.now();
      this.log.warn({ err: error }, 'verdicts wait in memory: the database does not accept them');
    }
    if (this.closed) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.writing ??= this.write();
    }, retryAfterMs);
  }
}
