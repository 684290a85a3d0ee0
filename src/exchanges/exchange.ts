/** What every exchange offers: another service from which a list gets its records, and to which feedback may go back. */
import type { FoundHash, ReadItem } from '../formats/format.js';

/** JSON that the exchange itself understands. Null: nothing was fetched yet. */
export type Checkpoint = { readonly [name: string]: string | number | boolean | null } | null;

export interface ExchangeAccess {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  /** By the names that `Exchange.credentials` lists. */
  readonly credentials: Readonly<Record<string, string>>;
  /** By the names that `Exchange.options` lists. */
  readonly options: Readonly<Record<string, string>>;
}

export interface FetchContext {
  readonly signal: AbortSignal;
  /** Milliseconds since 1970, of the database: the clocks of nodes differ. */
  readonly now: number;
  /** Undefined: no image that Vigie can hash. Only an exchange that delivers media needs it. */
  hash(media: Uint8Array): Promise<readonly FoundHash[] | undefined>;
}

/** Some records of a range. A record may come several times within a range: the last one counts. */
export interface FetchedRecords {
  readonly kind: 'records';
  readonly items: readonly ReadItem[];
}

/**
 * The range is complete. Its records are imported together, and `checkpoint` is stored in the same step: after a crash, the range is
 * fetched again.
 */
export interface FetchedRange {
  readonly kind: 'range';
  readonly checkpoint: Checkpoint;
  /** True: the range was everything that the exchange has. Records that it lacks are withdrawn. */
  readonly everything: boolean;
}

export type Fetched = FetchedRecords | FetchedRange;

export const decisions = ['confirmed', 'false_positive', 'pending'] as const;
export type Decision = (typeof decisions)[number];

/** What a platform decided about a match with a record of the exchange. */
export interface RecordFeedback {
  /** As in `ListedRecord`. */
  readonly sourceId: string;
  readonly hash: FoundHash;
  readonly decision: Decision;
}

export interface Exchange {
  /** As `kind` names it. */
  readonly kind: string;
  readonly title: string;
  /** Where the service is if the settings name no other place. Null: they must. */
  readonly baseUrl: string | null;
  readonly credentials: readonly string[];
  /** Secrets that may be missing. */
  readonly optionalCredentials?: readonly string[];
  readonly options: readonly string[];
  /** How often to ask, unless the settings say otherwise. */
  readonly everySeconds: number;
  /**
   * Everything that is new since `checkpoint`, range by range. The last range ends the iteration: nothing newer was there.
   *
   * @throws ExchangeError. Ranges that were complete before stay valid.
   */
  fetch(access: ExchangeAccess, checkpoint: Checkpoint, context: FetchContext): AsyncIterable<Fetched>;
  /** @throws ExchangeError */
  sendFeedback?(access: ExchangeAccess, feedback: RecordFeedback, signal: AbortSignal): Promise<void>;
}

/**
 * `unreachable`: no answer in time, or 5xx. `busy`: 429 or Retry-After. `refused`: credentials or address are wrong (401, 403, 404).
 * `malformed`: an answer that cannot be understood, for example JSON that was cut. `incomplete`: a range with gaps.
 */
export const exchangeFaults = ['unreachable', 'busy', 'refused', 'malformed', 'incomplete'] as const;
export type ExchangeFault = (typeof exchangeFaults)[number];

/** Its message names the address without its query, and never a credential or a hash. */
export class ExchangeError extends Error {
  override readonly name = 'ExchangeError';

  constructor(
    readonly fault: ExchangeFault,
    message: string,
    /** The service asked for this pause. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}
