import type { Logger } from 'pino';
import type { Algorithm } from '../../domain/algorithms/registry.js';
import { pauseAfter } from '../../domain/exchange.js';
import type { Exchange, ExchangeError } from '../../exchanges/exchange.js';
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

const atOnce = 100;
const betweenTriesSeconds = 60;

/** Sends decisions of platforms back to the exchanges of the records. What fails is sent later. */
export class FeedbackSender {
  constructor(private readonly parts: FeedbackParts) {}

  async send(signal: AbortSignal): Promise<void> {
    for (const one of await this.parts.feedback.due(atOnce)) {
      if (signal.aborted) return;
      await this.sendOne(one, signal).then(
        () => this.parts.feedback.sent(one),
        (error: unknown) => this.postpone(one, error),
      );
    }
  }

  private async sendOne(
    { exchange: id, sourceId, algorithm, decision, hex }: WaitingFeedback,
    signal: AbortSignal,
  ): Promise<void> {
    const exchange = await this.parts.store.get(id);
    const client = exchange && this.parts.clients.get(exchange.kind);
    // Nobody can send a hash that is gone, or to a service that takes no feedback.
    if (!exchange || !client?.sendFeedback || hex === null) return;
    const { baseUrl, options } = exchange;
    const access = { baseUrl, options, credentials: this.parts.seal.open(id, baseUrl, exchange.credentials) };
    const hash = { algorithm: algorithm as Algorithm, hex, quality: null };
    await client.sendFeedback(access, { sourceId, hash, decision }, signal);
  }

  private async postpone(one: WaitingFeedback, error: unknown): Promise<void> {
    const { log, feedback } = this.parts;
    if (one.failures === 0) log.warn({ exchange: one.exchange, err: error }, 'feedback could not be sent');
    const asked = (error as Partial<ExchangeError>).retryAfterMs ?? 0;
    await feedback.postpone(one, Math.max(pauseAfter(one.failures + 1, betweenTriesSeconds, Math.random()), asked));
  }
}
