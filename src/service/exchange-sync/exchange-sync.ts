import type { StoredExchange } from '../../domain/exchange.js';
import { importIdOf } from '../../domain/import.js';
import type { Exchange, Fetched } from '../../exchanges/exchange.js';
import type { FoundHash } from '../../formats/format.js';
import type { ExchangeStore } from '../../store/exchanges.js';
import { storedHashes } from '../entries/enrolment.js';
import type { ListCache } from '../lists/list-cache.js';
import type { ImageHasher } from '../matching/image-hasher.js';
import type { CredentialSeal } from './credential-seal.js';
import { FetchedRange, type RangeParts } from './fetched-range.js';

export interface SyncParts extends RangeParts {
  readonly store: ExchangeStore;
  readonly clients: ReadonlyMap<string, Exchange>;
  readonly seal: CredentialSeal;
  readonly listCache: ListCache;
  readonly hasher: Pick<ImageHasher, 'hash'>;
}

/** The exchange cannot be fetched as it is set up. */
export class ExchangeUnusable extends Error {
  override readonly name = 'ExchangeUnusable';
}

/** Fetches everything that is new in one exchange. */
export class ExchangeSync {
  constructor(private readonly parts: SyncParts) {}

  /**
   * @param now ms since 1970, of the database
   * @returns true if there were records
   * @throws ExchangeError, ExchangeUnusable, VigieError. Ranges that were imported before stay.
   */
  async run(exchange: StoredExchange, now: number, signal: AbortSignal): Promise<boolean> {
    const client = this.parts.clients.get(exchange.kind);
    if (!client) throw new ExchangeUnusable(`this version knows no exchange of kind ${exchange.kind}`);
    await this.assertNothingWaits(exchange);
    const pass = new Pass(this.parts, exchange);
    const { baseUrl, options, checkpoint } = exchange;
    const credentials = this.parts.seal.open(exchange.id, baseUrl, exchange.credentials);
    const hash = (media: Uint8Array) => this.hashesOf(media, signal, exchange);
    let brought = false;
    try {
      const fetching = client.fetch({ baseUrl, options, credentials }, checkpoint, { signal, now, hash });
      for await (const fetched of fetching) {
        signal.throwIfAborted();
        brought ||= fetched.kind === 'records' && fetched.items.length > 0;
        if ((await pass.take(fetched)) === 'waiting') return false;
      }
      return brought;
    } finally {
      await pass.end();
    }
  }

  /** What is fetched later must not come before what waits. */
  private async assertNothingWaits({ id }: StoredExchange): Promise<void> {
    const waiting = await this.parts.fetched.waitingOf(id);
    if (waiting === undefined) return;
    throw new ExchangeUnusable(
      `many records are missing at the service: import ${importIdOf(waiting)} waits for a person, who confirms or cancels it`,
    );
  }

  private async hashesOf(
    media: Uint8Array,
    signal: AbortSignal,
    { organisation }: StoredExchange,
  ): Promise<readonly FoundHash[] | undefined> {
    const { hashes, unscannable } = await this.parts.hasher.hash(media, signal, 'enrol', organisation ?? undefined);
    return unscannable === null ? storedHashes(hashes) : undefined;
  }
}

class Pass {
  private range: FetchedRange | undefined;

  constructor(
    private readonly parts: SyncParts,
    private exchange: StoredExchange,
  ) {}

  async take(fetched: Fetched): Promise<'goes on' | 'waiting'> {
    if (fetched.kind === 'records') {
      if (fetched.items.length === 0) return 'goes on';
      this.range ??= await this.begin();
      await this.range.add(fetched.items);
      return 'goes on';
    }
    const { everything, checkpoint } = fetched;
    if (everything) this.range ??= await this.begin();
    return this.range ? this.import(this.range, everything, checkpoint) : this.moveOn(checkpoint);
  }

  /** A range that is not complete is dropped. */
  async end(): Promise<void> {
    const { range } = this;
    this.range = undefined;
    await range?.abandon();
  }

  private async begin(): Promise<FetchedRange> {
    const { list } = this.exchange;
    const found = this.parts.listCache.get(list);
    if (!found) throw new ExchangeUnusable(`there is no list "${list}" any more`);
    return FetchedRange.begin(this.parts, this.exchange, found);
  }

  private async import(
    range: FetchedRange,
    everything: boolean,
    checkpoint: StoredExchange['checkpoint'],
  ): Promise<'goes on' | 'waiting'> {
    const { store } = this.parts;
    const outcome = await range.import(everything, checkpoint);
    this.range = undefined;
    if (outcome === 'waiting') return outcome;
    await store.count(this.exchange.id, range.counts);
    this.exchange = { ...this.exchange, checkpoint, ...outcome };
    return 'goes on';
  }

  private async moveOn(checkpoint: StoredExchange['checkpoint']): Promise<'goes on'> {
    const generation = await this.parts.store.moveCheckpoint(this.exchange, checkpoint);
    if (generation === undefined) throw new ExchangeUnusable('the exchange was changed, or fetched by another node, meanwhile');
    this.exchange = { ...this.exchange, checkpoint, generation };
    return 'goes on';
  }
}
