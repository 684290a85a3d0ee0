import { Deadline } from './deadline.js';
import type { Settings } from './options.js';
import { isStream, type RequestBody } from './request-body.js';
import { retryAfterOf, waitBefore } from './retry-after.js';
import { sendsStreams } from './runtime.js';
import { type Unavailable, type UnavailableReason, unavailable } from './unavailable.js';

export interface Call extends RequestBody {
  readonly path: string;
}

export interface Answer {
  readonly status: number;
  /** The JSON of the body. Undefined: it is none. */
  readonly body: unknown;
}

export type Outcome = { readonly answer: Answer } | { readonly failure: Unavailable };

const retried: ReadonlySet<number | null> = new Set([429, 502, 503, 504]);

/** Sends requests, and sends them again when that may help. It alone knows the key. */
export class Transport {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get timeoutMs(): number {
    return this.#settings.timeoutMs;
  }

  get retries(): number {
    return this.#settings.retries;
  }

  /** Never throws for what a server or network does: that is a `failure`. */
  async post(call: Call, signal?: AbortSignal): Promise<Outcome> {
    const { timeoutMs, retries } = this.#settings;
    const deadline = new Deadline(timeoutMs, signal);
    try {
      const body = isStream(call.body) && !sendsStreams() ? await collected(call.body, deadline) : call.body;
      if (body === undefined) return { failure: consumed(noAnswer(undefined, deadline.why, timeoutMs)) };
      for (let retry = 0; ; retry++) {
        const outcome = await this.#once({ ...call, body }, deadline);
        if (!('failure' in outcome) || retry >= retries || !isRetryable(outcome.failure)) return outcome;
        if (isStream(body)) return { failure: consumed(outcome.failure) };
        const waitMs = this.waitBefore(retry, outcome.failure);
        if (waitMs >= deadline.remainingMs) return outcome;
        await deadline.wait(waitMs);
      }
    } finally {
      deadline.release();
    }
  }

  waitBefore(retry: number, { retryAfterMs }: Unavailable): number {
    return waitBefore(retry, this.#settings.backoffMs, retryAfterMs);
  }

  /** Sends one request. @throws what fetch throws. */
  async open({ path, body, headers }: Call, signal: AbortSignal): Promise<Response> {
    const { base, key, fetch } = this.#settings;
    return fetch(`${base}${path}`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${key}` },
      body,
      signal,
      // fetch would follow a redirect with GET, and without the body.
      redirect: 'manual',
      // The key is all that Vigie asks for: no cookies, no dialogue of a browser.
      credentials: 'omit',
      // The types of browsers do not have it.
      ...(isStream(body) && { duplex: 'half' }),
    });
  }

  /** The failure that a response without a usable answer stands for. */
  refusal(response: Response, body: unknown): Unavailable {
    const { status, headers } = response;
    const retryAfterMs = retryAfterOf(headers);
    const { code, detail, requestId = headers.get('x-request-id') } = problemOf(body);
    return unavailable(reasonOf(status), this.safe(detail ?? `the server answered ${status}${hintOf(status)}`), {
      status,
      code: this.safe(code ?? `http_${status}`),
      requestId: requestId === null ? null : this.safe(requestId),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  async #once(call: Call, deadline: Deadline): Promise<Outcome> {
    let response: Response | undefined;
    try {
      response = await this.open(call, deadline.signal);
      const body = jsonOf(await response.text());
      return response.ok ? { answer: { status: response.status, body } } : { failure: this.refusal(response, body) };
    } catch (error) {
      // A server that refuses a body may break the connection within its answer. The status says enough.
      if (response && !response.ok && !deadline.why) return { failure: this.refusal(response, undefined) };
      return { failure: noAnswer(error, deadline.why, this.#settings.timeoutMs) };
    }
  }

  /** Without the key. A proxy for debugging may answer with the headers that it received. */
  safe(text: string): string {
    return text.replaceAll(this.#settings.key, '[key]');
  }
}

export function isRetryable({ status, reason, retryAfterMs }: Unavailable): boolean {
  // 409 with Retry-After: the first try is still running, so its answer comes later.
  return reason === 'network' || retried.has(status) || (status === 409 && retryAfterMs !== undefined);
}

/** It takes only a code out of `error`: a message may contain anything. */
export function noAnswer(error: unknown, why: 'timeout' | 'aborted' | undefined, timeoutMs: number): Unavailable {
  if (why === 'timeout') return unavailable('timeout', `no answer within ${timeoutMs} ms`);
  if (why === 'aborted') return unavailable('aborted', 'the caller aborted the call');
  const code = codeOf(error) ?? codeOf((error as { cause?: unknown } | null)?.cause);
  return unavailable('network', `the connection failed${code ? ` (${code})` : ''}`);
}

function codeOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? code : undefined;
}

/** Undefined: the stream failed, or the time is over. */
async function collected(stream: ReadableStream<Uint8Array>, deadline: Deadline): Promise<Blob | undefined> {
  return deadline.race(() => new Response(stream).blob()).catch(() => undefined);
}

function consumed(failure: Unavailable): Unavailable {
  const detail = `${failure.detail}; the stream of the image is used up, so only you can send it again`;
  return { ...failure, reason: 'stream_consumed', detail };
}

function reasonOf(status: number): UnavailableReason {
  if (status === 429) return 'quota';
  if (status >= 500 || status === 408) return 'server';
  // A redirect; browsers say 0.
  return status < 400 ? 'bad_answer' : 'refused';
}

function hintOf(status: number): string {
  if (status < 400) return ', a redirect; set url to the address that it leads to';
  return status === 401 ? '; check the key, and whether a proxy removes the header Authorization' : '';
}

function problemOf(body: unknown): { code?: string; detail?: string; requestId?: string } {
  const fields = typeof body === 'object' && body !== null ? Object.entries(body) : [];
  return Object.fromEntries(
    fields.filter(([name, value]) => ['code', 'detail', 'requestId'].includes(name) && typeof value === 'string'),
  );
}

export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
