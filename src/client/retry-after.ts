const maxMs = 60 * 60 * 1000;

/**
 * Reads Retry-After: seconds, or a date. It compares a date with the answer's own Date, because the clocks may differ.
 *
 * Returns milliseconds, at most one hour; undefined if the header is missing or malformed.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Math.min(Number(text) * 1000, maxMs);
  const at = Date.parse(text);
  // Date.parse takes nearly anything for a date, -1 for example.
  if (Number.isNaN(at) || !/^[A-Z][a-z]{2}/.test(text)) return undefined;
  const serverNow = Date.parse(headers.get('date') ?? '');
  const now = Number.isNaN(serverNow) ? Date.now() : serverNow;
  return Math.min(Math.max(at - now, 0), maxMs);
}

/** The time before the next try: doubled for each one, or what the server asks for. The random part spreads the clients. */
export function waitBefore(retry: number, backoffMs: number, retryAfterMs: number | undefined): number {
  const backoff = backoffMs * 2 ** retry;
  return retryAfterMs === undefined ? backoff * (0.5 + Math.random() / 2) : retryAfterMs + backoff * Math.random();
}
