/** Every way a request can fail. HTTP answers are made from this table. */
export const errorTable = {
  bad_request: { status: 400, title: 'Invalid request' },
  url_refused: { status: 400, title: 'Vigie does not fetch this URL' },
  url_not_fetched: { status: 400, title: 'The URL could not be fetched: no verdict was given, hold the content' },
  empty_body: { status: 400, title: 'Request body is missing' },
  unauthorized: { status: 401, title: 'A valid API key is required' },
  forbidden: { status: 403, title: 'This key has no right to do this' },
  own_work: { status: 403, title: 'A second person has to approve this' },
  no_lists: { status: 403, title: 'No list is enabled for this key' },
  not_found: { status: 404, title: 'Not found' },
  unknown_case: { status: 404, title: 'No case has this number and PIN' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  body_timeout: { status: 408, title: 'Request body did not arrive in time' },
  conflict: { status: 409, title: 'Not possible in the current state' },
  feed_restart: { status: 410, title: 'The feed must be read again from the beginning' },
  body_too_large: { status: 413, title: 'Request body is too large' },
  unsupported_media_type: { status: 415, title: 'Content type or encoding is not supported' },
  expectation_failed: { status: 417, title: 'Expectation failed' },
  degenerate_hash: { status: 422, title: 'The hash says too little about the image to be enrolled' },
  draft_incomplete: { status: 422, title: 'The draft is incomplete' },
  unscannable_image: { status: 422, title: 'The image cannot be hashed' },
  proof_required: { status: 428, title: 'A proof of work is required' },
  too_many_requests: { status: 429, title: 'Quota exceeded: no verdict was given, hold the content and retry' },
  too_many_cases: { status: 429, title: 'Too many cases from this address' },
  too_many_tries: { status: 429, title: 'Too many wrong tries' },
  headers_too_large: { status: 431, title: 'Request headers are too large' },
  internal: { status: 500, title: 'Internal server error' },
  not_implemented: { status: 501, title: 'Not supported by this server' },
  overloaded: { status: 503, title: 'Overloaded: no verdict was given, hold the content and retry' },
  index_unavailable: { status: 503, title: 'The index is not ready: no verdict was given, hold the content and retry' },
  database_unavailable: { status: 503, title: 'The database is not available: retry' },
  outcome_unknown: { status: 503, title: 'The outcome is unknown: repeat with the same Idempotency-Key' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/** `detail` is shown to the caller: it names the value, the limit and what to do next, and never a hash, a key or image bytes. */
export class VigieError extends Error {
  override readonly name = 'VigieError';

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    /** Sent as Retry-After. */
    readonly retryAfterSeconds?: number,
    cause?: unknown,
  ) {
    super(`${code}: ${detail}`, { cause });
  }

  get status(): number {
    return errorTable[this.code].status;
  }

  /** Further members of the problem document. */
  get members(): Readonly<Record<string, string | number>> {
    return {};
  }
}
