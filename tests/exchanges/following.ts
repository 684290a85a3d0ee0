/** A follower as the service has one: it keeps a range when it is complete, and starts again at its checkpoint. */
import {
  type Checkpoint,
  type Exchange,
  type ExchangeAccess,
  ExchangeError,
  type FetchContext,
} from '../../src/exchanges/exchange.js';
import { ExchangeHttp, type HttpOptions } from '../../src/exchanges/http.js';
import type { FoundHash, ReadItem } from '../../src/formats/format.js';

/** The pauses that a client made, in milliseconds. Nothing really waits. */
export function quickHttp(options: Partial<HttpOptions> = {}): { http: ExchangeHttp; pauses: number[] } {
  const pauses: number[] = [];
  const pause = async (ms: number) => {
    pauses.push(ms);
  };
  return { http: new ExchangeHttp({ pause, random: () => 1, attempts: 3, ...options }), pauses };
}

export class Follower {
  checkpoint: Checkpoint = null;
  /** Listed records by identity. */
  readonly kept = new Map<string, ReadItem>();
  /** Every item of complete ranges, in their order. */
  readonly items: ReadItem[] = [];
  ranges = 0;
  now = 0;
  hash: FetchContext['hash'] = async () => undefined;
  private readonly abort = new AbortController();

  constructor(
    readonly exchange: Exchange,
    readonly access: ExchangeAccess,
  ) {}

  /** One visit. @throws as the exchange */
  async visit(): Promise<void> {
    let staged: ReadItem[] = [];
    const context = { signal: this.abort.signal, now: this.now, hash: this.hash };
    for await (const fetched of this.exchange.fetch(this.access, this.checkpoint, context)) {
      if (fetched.kind === 'records') {
        staged.push(...fetched.items);
        continue;
      }
      if (fetched.everything) this.kept.clear();
      for (const item of staged) this.keep(item);
      this.items.push(...staged);
      staged = [];
      this.ranges++;
      // As the database stores it.
      this.checkpoint = JSON.parse(JSON.stringify(fetched.checkpoint));
    }
  }

  /** The fault of a visit that fails. */
  async failedVisit(): Promise<ExchangeError> {
    const error = await this.visit().then(
      () => new Error('nothing failed'),
      (reason: unknown) => reason,
    );
    if (error instanceof ExchangeError) return error;
    throw error;
  }

  stop(): void {
    this.abort.abort();
  }

  get identities(): string[] {
    return [...this.kept.keys()].sort();
  }

  private keep(item: ReadItem): void {
    if (item.kind === 'invalid') return;
    const identity = item.sourceId ?? item.hashes.map(textOf).join(' ');
    if (item.kind === 'listed') this.kept.set(identity, item);
    else this.kept.delete(identity);
  }
}

function textOf({ algorithm, hex }: FoundHash): string {
  return `${algorithm}:${hex}`;
}
