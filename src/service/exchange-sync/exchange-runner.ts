import type { Logger } from 'pino';
import { VigieError } from '../../domain/errors.js';
import { pauseAfter, type StoredExchange } from '../../domain/exchange.js';
import { ExchangeError } from '../../exchanges/exchange.js';
import type { EnabledExchange, ExchangeStore } from '../../store/exchanges.js';
import { type ExchangeSync, ExchangeUnusable } from './exchange-sync.js';

export interface RunnerParts {
  readonly store: ExchangeStore;
  readonly sync: Pick<ExchangeSync, 'run'>;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** A node that no longer leads gets no more ticks. Another one fetches by then. */
const leadsForMs = 15_000;
const watchEveryMs = 1_000;

/** Fetches each exchange when it is due, several at once, each only once at a time. */
export class ExchangeRunner {
  private readonly running = new Map<string, Promise<void>>();
  private stopping = new AbortController();
  private tickedAt = 0;
  private watch: NodeJS.Timeout | undefined;
  private closed = false;
  private states: readonly EnabledExchange[] = [];

  constructor(private readonly parts: RunnerParts) {}

  /** Runs every second on the node that leads. Starts what is due and returns at once. */
  async tick(): Promise<void> {
    this.tickedAt = performance.now();
    this.states = await this.parts.store.enabled();
    for (const { id, isDue } of this.states) {
      if (this.closed) return;
      if (isDue && !this.running.has(id)) this.running.set(id, this.work(id));
    }
    if (this.running.size > 0) this.watch ??= setInterval(() => this.stopIfFollowing(), watchEveryMs);
  }

  /** As the last tick saw them; none on a node that follows. */
  get last(): readonly EnabledExchange[] {
    return this.leads ? this.states : [];
  }

  async close(): Promise<void> {
    this.closed = true;
    this.stopping.abort();
    await Promise.all(this.running.values());
    clearInterval(this.watch);
  }

  private get leads(): boolean {
    return performance.now() - this.tickedAt < leadsForMs;
  }

  private stopIfFollowing(): void {
    if (this.leads) return;
    this.stopping.abort();
    this.stopping = new AbortController();
  }

  private async work(id: string): Promise<void> {
    const { signal } = this.stopping;
    try {
      // One that answers when something is new is asked again at once: a tick later would be a second.
      for (let again = true; again; ) again = await this.fetchOnce(id, signal);
    } catch (error) {
      this.parts.log.warn({ exchange: id, err: error }, 'the state of an exchange could not be stored');
    } finally {
      this.running.delete(id);
    }
  }

  /** True: ask again at once. */
  private async fetchOnce(id: string, signal: AbortSignal): Promise<boolean> {
    const { store, sync, log } = this.parts;
    const exchange = await store.get(id);
    if (!exchange?.enabled || signal.aborted || this.closed) return false;
    const now = await store.begin(id);
    if (now === undefined) return false;
    const startedAt = performance.now();
    let brought = false;
    try {
      brought = await sync.run(exchange, now, signal);
    } catch (error) {
      if (!signal.aborted) await this.note(exchange, error);
      return false;
    }
    if (exchange.failures > 0) log.info({ exchange: id, failures: exchange.failures }, 'exchange works again');
    await store.succeed(id);
    // A service that does not wait until something is new would be asked without a pause.
    const waited = performance.now() - startedAt > watchEveryMs;
    return exchange.everySeconds === 0 && (brought || waited) && this.leads;
  }

  private async note({ id, failures, everySeconds }: StoredExchange, error: unknown): Promise<void> {
    const { store, log } = this.parts;
    if (failures === 0) log.warn({ exchange: id, err: error }, 'exchange failed');
    const { fault, text, retryAfterMs } = faultOf(error);
    const pauseMs = Math.max(pauseAfter(failures + 1, everySeconds, Math.random()), retryAfterMs);
    await store.fail(id, fault, text, pauseMs);
  }
}

/** What operators see. Texts of unknown errors stay in the log: they may quote data. */
function faultOf(error: unknown): { fault: string; text: string; retryAfterMs: number } {
  if (error instanceof ExchangeError) return { fault: error.fault, text: error.message, retryAfterMs: error.retryAfterMs ?? 0 };
  if (error instanceof ExchangeUnusable) return { fault: 'unusable', text: error.message, retryAfterMs: 0 };
  if (error instanceof VigieError && error.code === 'conflict') return { fault: 'unusable', text: error.detail, retryAfterMs: 0 };
  return { fault: 'internal', text: 'the records could not be imported; the log of the node says why', retryAfterMs: 0 };
}
