import { VigieError } from '../../domain/errors.js';
import { Shares } from '../../domain/shares.js';

/** Enough for a slow connection of each, and few enough for the memory of a small machine. */
const slotsAtOnce = 32;
const placesToWait = 256;
/** Of what other owners leave. */
const share = 1 / 2;

type Start = () => void;

/** Places for fetches. Owners that wait take turns, so that one with slow servers delays no other. */
export class FetchSlots {
  private readonly running: Shares;
  private readonly places: Shares;
  private readonly waiting = new Map<string, Set<Start>>();

  constructor(slots = slotsAtOnce, places = placesToWait) {
    this.running = new Shares(slots, share);
    this.places = new Shares(places, share);
  }

  /** @throws VigieError `overloaded`, or the reason of the signal */
  async run<Result>(owner: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    if (!this.running.take(owner, 1)) await this.wait(owner, signal);
    try {
      return await work();
    } finally {
      this.running.give(owner, 1);
      while (this.startsNext());
    }
  }

  private async wait(owner: string, signal: AbortSignal): Promise<void> {
    if (!this.places.take(owner, 1))
      throw new VigieError('overloaded', 'too many URLs of this organisation wait to be fetched; retry after Retry-After', 1);
    const starts = this.waiting.get(owner) ?? new Set<Start>();
    this.waiting.set(owner, starts);
    await new Promise<void>((resolve, reject) => {
      const leave = () => {
        starts.delete(start);
        if (starts.size === 0) this.waiting.delete(owner);
        this.places.give(owner, 1);
        signal.removeEventListener('abort', giveUp);
      };
      const start = () => {
        leave();
        resolve();
      };
      const giveUp = () => {
        leave();
        reject(signal.reason);
      };
      starts.add(start);
      signal.addEventListener('abort', giveUp);
    });
  }

  /** The first owner that may have one more slot goes behind the others. False if there is none. */
  private startsNext(): boolean {
    for (const [owner, starts] of this.waiting) {
      const [start] = starts;
      if (!start || !this.running.take(owner, 1)) continue;
      start();
      if (this.waiting.delete(owner) && starts.size > 0) this.waiting.set(owner, starts);
      return true;
    }
    return false;
  }
}
