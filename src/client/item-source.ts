import type { BatchItem } from './openapi.js';

/** The caller's items. One may be looked at before it is taken, so that none is lost when a request ends meanwhile. */
export class ItemSource {
  readonly #items: AsyncIterator<BatchItem> | Iterator<BatchItem>;
  /** Items that were sent, and must be sent again. */
  #again: BatchItem[] = [];
  #upcoming: Promise<BatchItem | undefined> | undefined;

  constructor(items: AsyncIterable<BatchItem> | Iterable<BatchItem>) {
    this.#items = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  }

  /** The next item, which stays the next one until it is taken. Undefined: the end. Rejects as the caller's items do. */
  peek(): Promise<BatchItem | undefined> {
    const [first] = this.#again;
    if (first) return Promise.resolve(first);
    this.#upcoming ??= this.#next();
    return this.#upcoming;
  }

  /** Call it after `peek` has given an item. */
  take(): void {
    if (this.#again.length > 0) this.#again.shift();
    else this.#upcoming = undefined;
  }

  putBack(items: readonly BatchItem[]): void {
    this.#again = [...items, ...this.#again];
  }

  /** Takes those that were sent, and not answered. */
  takeSent(): readonly BatchItem[] {
    const sent = this.#again;
    this.#again = [];
    return sent;
  }

  /** Ends the caller's generator. It may be waiting for an item, so nobody waits for it. */
  close(): void {
    this.#upcoming?.catch(() => {});
    Promise.resolve(this.#items.return?.()).catch(() => {});
  }

  async #next(): Promise<BatchItem | undefined> {
    const { done, value } = await this.#items.next();
    if (done) return undefined;
    if (typeof value?.id === 'string') return value;
    throw new TypeError('items: each must be an object {id, hashes}, whose id is a text');
  }
}
