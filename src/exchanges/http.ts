/** HTTP for exchanges: one request is tried a few times, and its answer is read completely before anything of it is used. */
import { setTimeout as pause } from 'node:timers/promises';
import { FormatError } from '../formats/format.js';
import { shown } from './address.js';
import { ExchangeError } from './exchange.js';
import { type HttpAnswer, type HttpRequest, once, TooLargeError } from './http-once.js';

export interface HttpOptions {
  /** For one attempt, answer included. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly attempts: number;
  /** The first pause; each further one may be twice as long. */
  readonly pauseMs: number;
  /** A service that asks for a longer pause gets the next visit of the schedule. */
  readonly maxPauseMs: number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
  /** From 0 to 1. */
  random(): number;
}

export const defaultHttpOptions: HttpOptions = {
  timeoutMs: 60_000,
  maxBytes: 64 * 2 ** 20,
  attempts: 5,
  pauseMs: 500,
  maxPauseMs: 60_000,
  pause: async (ms, signal) => {
    await pause(ms, undefined, { signal });
  },
  random: Math.random,
};

export class ExchangeHttp {
  private readonly options: HttpOptions;

  constructor(options: Partial<HttpOptions> = {}) {
    this.options = { ...defaultHttpOptions, ...options };
  }

  /**
   * `read` belongs to the attempt: an answer with status 200 that was cut is asked for again.
   *
   * @throws ExchangeError, or the reason of the signal
   */
  async ask<Value>(request: HttpRequest, read: (answer: HttpAnswer) => Promise<Value> | Value): Promise<Value> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await read(await once(request, this.options));
      } catch (error) {
        request.signal.throwIfAborted();
        const failure = failureOf(error, request.url);
        const waitMs = this.waitAfter(failure, attempt);
        if (waitMs === null || failure instanceof TooLargeError) throw failure;
        await this.options.pause(waitMs, request.signal);
      }
    }
  }

  /** Null: no further attempt. Full jitter, so that clients which failed together do not come back together. */
  private waitAfter({ fault, retryAfterMs }: ExchangeError, attempt: number): number | null {
    const { attempts, pauseMs, maxPauseMs, random } = this.options;
    if (fault === 'refused' || fault === 'incomplete' || attempt >= attempts) return null;
    const jitterMs = Math.round(random() * Math.min(pauseMs * 2 ** attempt, maxPauseMs));
    if (retryAfterMs === null) return jitterMs;
    return retryAfterMs > maxPauseMs ? null : retryAfterMs + Math.min(jitterMs, pauseMs);
  }
}

function failureOf(error: unknown, url: URL): ExchangeError {
  if (error instanceof ExchangeError) return error;
  if (error instanceof FormatError) return new ExchangeError('malformed', `${shown(url)}: ${error.message}`);
  throw error;
}
