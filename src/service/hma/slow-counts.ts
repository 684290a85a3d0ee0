interface Counted {
  readonly version: string;
  readonly count: Promise<number>;
  /** Monotonic milliseconds. */
  nextAt: number;
}

/** A count of a million hashes takes seconds, in which it may take a twentieth of the database's time. */
const timesAsLong = 20;

/** Counts that are made again when something has changed, and the more rarely the longer they take. */
export class SlowCounts {
  private readonly counted = new Map<string, Counted>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** @param version another one means that the count may differ */
  of(name: string, version: string, count: () => Promise<number>): Promise<number> {
    const known = this.counted.get(name);
    if (known && (known.version === version || this.now() < known.nextAt)) return known.count;
    const since = this.now();
    const counted = { version, count: count(), nextAt: Number.POSITIVE_INFINITY };
    this.counted.set(name, counted);
    counted.count.then(
      () => {
        counted.nextAt = this.now() + timesAsLong * (this.now() - since);
      },
      () => this.counted.delete(name),
    );
    return counted.count;
  }
}
