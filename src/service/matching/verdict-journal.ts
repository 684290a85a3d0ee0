import { appendFileSync, readFileSync, truncateSync } from 'node:fs';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Removal } from '../../domain/obligations.js';
import { type Match, unscannableReasons, verdictNames } from '../../domain/verdict.js';
import type { Evidence, VerdictRecord } from '../../store/verdicts.js';

/** What this class wrote, so the inner shapes are not checked. */
const lineSchema = z.object({
  requestId: z.string(),
  key: z.string(),
  organisation: z.string(),
  verdict: z.enum(verdictNames),
  reason: z.enum(unscannableReasons).nullable(),
  matches: z.array(z.custom<Match>()),
  removal: z.custom<Removal>().nullable(),
  evidence: z.array(z.custom<Evidence>()),
  policy: z.record(z.string(), z.number()),
  indexVersion: z.string(),
  answeredAt: z.coerce.date(),
});

/**
 * A file of records that are answered and not committed yet, one JSON line each. It outlives the process: a start commits what it
 * holds. It is written to the system's cache only, so a power cut may take the last seconds.
 */
export class VerdictJournal {
  private failed = false;

  constructor(
    private readonly path: string,
    private readonly log: Logger,
  ) {}

  /** Returns before the answer goes out. A full disk is logged once and stops nobody. */
  keep(record: VerdictRecord): void {
    try {
      appendFileSync(this.path, `${JSON.stringify(record)}\n`, { mode: 0o600 });
      this.failed = false;
    } catch (error) {
      if (!this.failed)
        this.log.error({ err: error, path: this.path }, 'answered verdicts that wait cannot be written to the journal');
      this.failed = true;
    }
  }

  /** Of an earlier process. A kill may cut the last line; it was not answered. */
  read(): VerdictRecord[] {
    return this.text()
      .split('\n')
      .flatMap((line) => recordIn(line) ?? []);
  }

  /** Every record it holds is committed. */
  clear(): void {
    try {
      truncateSync(this.path);
    } catch (error) {
      if (!isMissing(error))
        this.log.warn({ err: error, path: this.path }, 'the journal of verdicts cannot be emptied; it will be next time');
    }
  }

  private text(): string {
    try {
      return readFileSync(this.path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return '';
      throw error;
    }
  }
}

function recordIn(line: string): VerdictRecord | undefined {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
