import { VigieError } from '../../domain/errors.js';
import type { Change } from '../../store/changes.js';

/** Enough for one reader of each list of a partner, and small beside the limit of connections. */
const maxPerKey = 8;
/** About 30 ms on the embedded database. */
const entriesAtOnce = 2_000;

interface Waiter {
  readonly list: string;
  wake(): void;
}

export interface News {
  /** Resolves when the list may have changed, or at the end of the wait. */
  readonly arrived: Promise<void>;
  cancel(): void;
}

/** Readers that wait for the next change of a list. The node's own follower tells about changes, so that no reader polls. */
export class FeedWaiters {
  private readonly waiters = new Set<Waiter>();
  private readonly byKey = new Map<string, number>();
  private closed = false;

  constructor(private readonly listsOf: (uuids: readonly string[]) => Promise<readonly string[]>) {}

  get isClosed(): boolean {
    return this.closed;
  }

  get size(): number {
    return this.waiters.size;
  }

  /** Takes one of the places of the key until the returned function is called. @throws VigieError `too_many_requests`. */
  admit(key: string): () => void {
    const waiting = this.byKey.get(key) ?? 0;
    if (waiting >= maxPerKey) {
      throw new VigieError('too_many_requests', `${maxPerKey} requests of this key wait already, the limit; end one`, 1);
    }
    this.byKey.set(key, waiting + 1);
    return () => {
      const left = (this.byKey.get(key) ?? 1) - 1;
      if (left > 0) this.byKey.set(key, left);
      else this.byKey.delete(key);
    };
  }

  /** Call it before reading the list, so that a change between the reading and the wait is not missed. */
  next(list: string): News {
    let wake = () => {};
    const arrived = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const waiter = { list, wake };
    if (this.closed) wake();
    else this.waiters.add(waiter);
    return {
      arrived,
      cancel: () => {
        this.waiters.delete(waiter);
        wake();
      },
    };
  }

  /** Undefined: anything may have changed. */
  heard(changes: readonly Change[] | undefined): void {
    if (this.waiters.size === 0) return;
    // A right or a key may have ended.
    if (!changes || changes.some(({ kind }) => kind === 'key' || kind === 'organisation')) {
      this.wake(() => true);
      return;
    }
    const lists = new Set(changes.filter(({ kind }) => kind === 'list').map(({ subject }) => subject));
    this.wake((list) => lists.has(list));
    void this.wakeForEntries(changes.filter(({ kind }) => kind === 'entry').map(({ subject }) => subject));
  }

  close(): void {
    this.closed = true;
    this.wake(() => true);
  }

  private async wakeForEntries(uuids: readonly string[]): Promise<void> {
    for (let first = 0; first < uuids.length && this.waiters.size > 0; first += entriesAtOnce) {
      // A reader that is woken for nothing asks the database once.
      const lists = await this.listsOf(uuids.slice(first, first + entriesAtOnce)).catch(() => undefined);
      this.wake((list) => lists?.includes(list) ?? true);
    }
  }

  private wake(concerns: (list: string) => boolean): void {
    for (const waiter of this.waiters) {
      if (!concerns(waiter.list)) continue;
      this.waiters.delete(waiter);
      waiter.wake();
    }
  }
}
