export interface ErrorFacts {
  /** Null: there was no HTTP answer. */
  readonly status: number | null;
  /** The `code` of Vigie's error table, or a name of this client such as `network` or `timeout`. */
  readonly code: string;
  /** What is wrong, and what to do about it. For people; the text may change. */
  readonly detail: string;
  /** The operator finds the request in the log by it. */
  readonly requestId: string | null;
  /** When another try makes sense. */
  readonly retryAfterMs?: number;
}

/**
 * The request was refused, or an enrolment, a feedback or a hash got no answer.
 *
 * `match` throws it only for what a person must correct: 400, 401, 403, 404, 413 and 415. No message contains the key.
 */
export class VigieError extends Error implements ErrorFacts {
  override readonly name = 'VigieError';
  readonly status: number | null;
  readonly code: string;
  readonly detail: string;
  readonly requestId: string | null;
  readonly retryAfterMs?: number;

  constructor({ status, code, detail, requestId, retryAfterMs }: ErrorFacts) {
    super(`${status === null ? '' : `${status} `}${code}: ${detail}`);
    this.status = status;
    this.code = code;
    this.detail = detail;
    this.requestId = requestId;
    if (retryAfterMs !== undefined) this.retryAfterMs = retryAfterMs;
  }
}

const wrongRequest: ReadonlySet<number | null> = new Set([400, 401, 403, 404, 413, 415]);
/** Whoever uploads chooses the URL, and what its server answers. */
const ofTheContent: ReadonlySet<string> = new Set(['url_refused', 'url_not_fetched']);

/** The request itself is wrong: a person must correct it, and no time will. */
export function isWrongRequest({ status, code }: ErrorFacts): boolean {
  return wrongRequest.has(status) && !ofTheContent.has(code);
}
