import { RoundRobin } from '../../domain/round-robin.js';

/** A hash match that comes meanwhile waits this long, and no longer than the slice of one organisation. */
const sliceMs = 2;
/** Parts of batches that are searched at the same time: enough for the workers, and few for a new organisation to wait for. */
const partsAtOnce = 8;

/**
 * Divides the main thread and the search workers between long requests, so that neither short requests nor other organisations wait for
 * them. Per turn of the event loop there is one slice of long work, and the organisations take turns.
 */
export class LongWork {
  private readonly slices = new RoundRobin<() => void>();
  private readonly parts = new RoundRobin<() => void>();
  private scheduled = false;
  private searching = 0;

  /** Resolves when a slice of the owner may begin. */
  turn(owner: string): Promise<void> {
    return new Promise((resolve) => {
      this.slices.add(owner, resolve);
      this.schedule();
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
    return new Slices(this, owner);
  }

  private schedule(): void {
    if (this.scheduled || this.slices.size === 0) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.slices.take()?.();
      this.schedule();
    });
  }
}

/** The slices of one request: `if (slices.isOver) await slices.next()` between two steps. */
export class Slices {
  private since = performance.now();

  constructor(
    private readonly work: LongWork,
    private readonly owner: string,
  ) {}

  get isOver(): boolean {
    return performance.now() - this.since >= sliceMs;
  }

  async next(): Promise<void> {
    await this.work.turn(this.owner);
    this.since = performance.now();
  }
}
