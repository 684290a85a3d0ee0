import type { Logger } from 'pino';
import type { Algorithm } from '../../domain/algorithms/registry.js';
import { pauseAfter } from '../../domain/exchange.js';
import { type Exchange, ExchangeError } from '../../exchanges/exchange.js';
import type { ExchangeFeedbackStore, WaitingFeedback } from '../../store/exchange-feedback.js';
import type { ExchangeStore } from '../../store/exchanges.js';
import type { CredentialSeal } from './credential-seal.js';

export interface FeedbackParts {
  readonly feedback: ExchangeFeedbackStore;
  readonly store: ExchangeStore;
  readonly clients: ReadonlyMap<string, Exchange>;
  readonly seal: CredentialSeal;
  readonly log: Pick<Logger, 'warn'>;
}

const atOncePerExchange = 100;
const firstPauseSeconds = 60;
/** The exchange may lack one record. If it refuses many, the credentials are wrong, and asking on could lock the account. */
const refusalsInARow = 3;

/** Sends decisions of platforms back to the exchanges of the records. What fails is sent later. */
export class FeedbackSender {
  constructor(private readonly parts: FeedbackParts) {}

  /** Everything that is due, one after the other for each exchange. */
  async send(signal: AbortSignal): Promise<void> {
    const due = await this.parts.feedback.due(atOncePerExchange);
    const exchanges = [...new Set(due.map(({ exchange }) => exchange))];
    await Promise.all(
      exchanges.map((id) =>
        this.sendTo(
          id,
          due.filter(({ exchange }) => exchange === id),
          signal,
        ),
      ),
    );
  }

  /** Deletes up to `limit` decisions that could not be sent for 30 days. */
  forgetUnsent(limit: number): Promise<number> {
    return this.parts.feedback.purge(limit);
  }

  private async sendTo(id: string, waiting: readonly WaitingFeedback[], signal: AbortSignal): Promise<void> {
    const { feedback } = this.parts;
    let refusals = 0;
    for (const one of waiting) {
      const error = await this.tried(one, signal);
      if (signal.aborted) return;
      if (error === undefined) {
        refusals = 0;
        continue;
      }
      const pauseMs = await this.postpone(one, error);
      if (!isRefusal(error) || ++refusals >= refusalsInARow) return feedback.postponeAll(id, pauseMs);
    }
  }

  /** Undefined: it was sent. */
  private async tried(one: WaitingFeedback, signal: AbortSignal): Promise<unknown> {
    try {
      await this.sendOne(one, signal);
    } catch (error) {
      return error;
    }
    await this.parts.feedback.sent(one);
    return undefined;
  }

  private async sendOne(
    { exchange: id, sourceId, algorithm, decision, hex }: WaitingFeedback,
    signal: AbortSignal,
  ): Promise<void> {
    const exchange = await this.parts.store.get(id);
    const client = exchange && this.parts.clients.get(exchange.kind);
    if (!exchange || !client?.sendFeedback) return;
    const { baseUrl, options } = exchange;
    const access = { baseUrl, options, credentials: this.parts.seal.open(id, baseUrl, exchange.credentials) };
    const hash = { algorithm: algorithm as Algorithm, hex, quality: null };
    await client.sendFeedback(access, { sourceId, hash, decision }, signal);
  }

  private async postpone(one: WaitingFeedback, error: unknown): Promise<number> {
    const { log, feedback } = this.parts;
    if (one.failures === 0) log.warn({ exchange: one.exchange, err: error }, 'feedback could not be sent');
    const asked = error instanceof ExchangeError ? (error.retryAfterMs ?? 0) : 0;
    const pauseMs = Math.max(pauseAfter(one.failures + 1, firstPauseSeconds, Math.random()), asked);
    await feedback.postpone(one, pauseMs);
    return pauseMs;
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ExchangeError && error.fault === 'refused';
}
