import { RoundRobin } from '../../domain/round-robin.js';

/** A hash match that comes meanwhile waits twice this long at most. With 2 ms a batch of 100 took 1.4 times as long. */
const sliceMs = 4;
/** Parts of batches that are searched at the same time: enough for the workers. All may be read in one turn of the event loop. */
const partsAtOnce = 4;

/**
 * Divides the main thread and the search workers between long requests, so that neither short requests nor other organisations wait for
 * them. In each turn of the event loop long work may go on for one slice when data has arrived, and for one slice that is given out, when
 * organisations take turns.
 */
export class LongWork {
  private readonly waiting = new RoundRobin<() => void>();
  private readonly parts = new RoundRobin<() => void>();
  /** When the slice of this turn of the event loop is over. */
  private end: number | undefined;
  private searching = 0;
  private requests = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Whether long work has had its slice. */
  get isOver(): boolean {
    const now = this.now();
    if (this.end === undefined) {
      this.end = now + sliceMs;
      setImmediate(() => this.giveOut());
    }
    return now >= this.end;
  }

  /** Resolves when the owner may go on, with the oldest of its requests first. */
  turn(owner: string, request: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.add(owner, resolve, request);
      // Starts a turn, if there is none.
      void this.isOver;
    });
  }

  /** Runs one part of a search when its owner has its turn. */
  async part<Result>(owner: string, search: () => Promise<Result>): Promise<Result> {
    if (this.searching >= partsAtOnce) await new Promise<void>((resolve) => this.parts.add(owner, resolve));
    else this.searching++;
    try {
      return await search();
    } finally {
      const next = this.parts.take();
      // The next part takes over the place.
      if (next) next();
      else this.searching--;
    }
  }

  begin(owner: string): Slices {
    return new Slices(this, owner, ++this.requests);
  }

  private giveOut(): void {
    this.end = this.now() + sliceMs;
    this.goOn();
  }

  private goOn(): void {
    this.waiting.take()?.();
    // What waited runs in microtasks. A tick comes after the last of them.
    queueMicrotask(() => {
      process.nextTick(() => {
        if (this.waiting.size > 0 && !this.isOver) return this.goOn();
        this.end = undefined;
        if (this.waiting.size > 0) void this.isOver;
      });
    });
  }
}

/** The slices of one request: `if (slices.isOver) await slices.next()` between two steps. */
export class Slices {
  constructor(
    private readonly work: LongWork,
    private readonly owner: string,
    private readonly request: number,
  ) {}

  get isOver(): boolean {
    return this.work.isOver;
  }

  next(): Promise<void> {
    return this.work.turn(this.owner, this.request);
  }
}
