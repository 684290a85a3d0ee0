/** Every way a request can fail: its code, HTTP status and safe title. The one table; HTTP answers are made from it. */

export const errorTable = {
  bad_request: { status: 400, title: 'The request is malformed' },
  empty_body: { status: 400, title: 'The request has no body' },
  unauthorized: { status: 401, title: 'A valid API key is required' },
  forbidden: { status: 403, title: 'This key may not do that' },
  own_work: { status: 403, title: 'Nobody approves their own work' },
  no_lists: { status: 403, title: 'This caller may match no enabled list' },
  not_found: { status: 404, title: 'There is no such thing here' },
  method_not_allowed: { status: 405, title: 'This path does not take that method' },
  body_timeout: { status: 408, title: 'The body did not arrive in time' },
  conflict: { status: 409, title: 'The current state does not allow that' },
  body_too_large: { status: 413, title: 'The body is larger than allowed' },
  unsupported_media_type: { status: 415, title: 'This content type or encoding is not taken here' },
  degenerate_hash: { status: 422, title: 'This image would match everything' },
  draft_incomplete: { status: 422, title: 'The recipient would refuse this draft' },
  unscannable_image: { status: 422, title: 'No hash can be made of this image' },
  too_many_requests: { status: 429, title: 'This key has asked too much' },
  internal: { status: 500, title: 'Something went wrong here' },
  overloaded: { status: 503, title: 'Too much work at once: retry, and keep the content held' },
  index_unavailable: { status: 503, title: 'The index cannot answer: retry, and keep the content held' },
  database_unavailable: { status: 503, title: 'The database is away: nothing was stored, retry' },
} as const satisfies Record<string, { status: number; title: string }>;

export type ErrorCode = keyof typeof errorTable;

/**
 * A refusal with a reason. `detail` names the value, the limit and the way out; it is shown to the caller, so it never holds a
 * hash, a key or image bytes.
 */
export class VigieError extends Error {
  override readonly name = 'VigieError';

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    /** Seconds after which a retry makes sense; sent as Retry-After. */
    readonly retryAfterSeconds?: number,
  ) {
    super(`${code}: ${detail}`);
  }

  get status(): number {
    return errorTable[this.code].status;
  }
}
