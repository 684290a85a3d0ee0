import { shown } from './address.js';
import { ExchangeError } from './exchange.js';

export interface HttpRequest {
  readonly url: URL;
  /** GET without it. */
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Statuses beside 2xx that the caller understands. */
  readonly understood?: readonly number[];
  /** Instead of those of the client. */
  readonly maxBytes?: number;
  readonly timeoutMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

export interface HttpLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

/** One attempt. @throws ExchangeError */
export async function once(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer> {
  const timeoutMs = request.timeoutMs ?? limits.timeoutMs;
  const abort = new AbortController();
  const stop = () => abort.abort();
  const timer = setTimeout(stop, timeoutMs);
  request.signal.addEventListener('abort', stop);
  if (request.signal.aborted) stop();
  try {
    return await answerOf(request, request.maxBytes ?? limits.maxBytes, abort.signal);
  } catch (error) {
    if (error instanceof ExchangeError) throw error;
    throw new ExchangeError('unreachable', `${shown(request.url)}: ${networkReason(error, abort.signal, timeoutMs)}`);
  } finally {
    clearTimeout(timer);
    request.signal.removeEventListener('abort', stop);
    // Closes the connection if the answer was not read to its end.
    stop();
  }
}

async function answerOf(request: HttpRequest, maxBytes: number, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, method = 'GET', headers, body, understood = [] } = request;
  const response = await fetch(url, {
    method,
    headers: { 'user-agent': 'vigie', ...headers },
    ...(body !== undefined && { body }),
    redirect: 'manual',
    signal,
  });
  if (!response.ok && !understood.includes(response.status)) throw failureOf(response, url);
  return { status: response.status, headers: response.headers, bytes: await bytesOf(response, maxBytes, url) };
}

/** `fetch` unpacks compressed answers, so the limit holds for what comes out. */
async function bytesOf(response: Response, maxBytes: number, url: URL): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  // The type of the DOM library does not know that bodies can be iterated; Node's can.
  for await (const piece of (response.body ?? []) as AsyncIterable<Uint8Array>) {
    size += piece.length;
    if (size > maxBytes) throw new TooLargeError(`${shown(url)}: the answer is larger than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces, size);
}

/** Asking again would give the same. */
export class TooLargeError extends ExchangeError {
  constructor(message: string) {
    super('malformed', message);
  }
}

function failureOf({ status, headers }: Response, url: URL): ExchangeError {
  const retryAfterMs = pauseOf(headers.get('retry-after'));
  const said = `${shown(url)}: answered ${status}`;
  if (status === 429 || (status >= 500 && retryAfterMs !== null)) return new ExchangeError('busy', said, retryAfterMs);
  if (status >= 500 || status === 408) return new ExchangeError('unreachable', said);
  if (status >= 300 && status < 400) return new ExchangeError('refused', `${said}, a redirect, which Vigie does not follow`);
  return new ExchangeError('refused', `${said}: ${refusals[status] ?? 'it does not take this request'}`);
}

const refusals: Readonly<Record<number, string>> = {
  401: 'check the credentials',
  403: 'these credentials may not read here',
  404: 'check the address',
};

/** A mistaken header must not switch an exchange off. */
const longestPauseMs = 86_400_000;

/** Retry-After is a number of seconds or a date. */
function pauseOf(header: string | null): number | null {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Math.min(longestPauseMs, Number(header) * 1_000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.min(longestPauseMs, Math.max(0, at - Date.now()));
}

/** Messages of `fetch` may repeat the address with its query, so only codes such as ECONNREFUSED are shown. */
function networkReason(error: unknown, signal: AbortSignal, timeoutMs: number): string {
  if (signal.aborted) return `no complete answer within ${timeoutMs} ms`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? `no complete answer (${code})` : 'no complete answer';
}
