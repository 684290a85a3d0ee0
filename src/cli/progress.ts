/** Redraws one line on a terminal, or prints a line every 10 s to stderr. */
export class Progress {
  private readonly startedAt = performance.now();
  private shownAt = this.startedAt;
  private done = 0;

  constructor(
    /** A plural noun, e.g. `files`. */
    private readonly unit: string,
    private total: number | undefined,
    private readonly terminal = process.stderr.isTTY === true,
  ) {}

  /** @param total if it is known better now */
  advance(count = 1, total = this.total): void {
    this.done += count;
    this.total = total;
    const now = performance.now();
    if (now - this.shownAt < (this.terminal ? 100 : 10_000)) return;
    this.shownAt = now;
    this.write(this.terminal ? '\r\x1b[K' : '', this.terminal ? '' : '\n');
  }

  finish(): void {
    this.write(this.terminal ? '\r\x1b[K' : '', '\n');
  }

  private write(before: string, after: string): void {
    process.stderr.write(`${before}${this.line(performance.now())}${after}`);
  }

  private line(now: number): string {
    const rate = this.done / Math.max((now - this.startedAt) / 1_000, 0.001);
    const of = this.total === undefined ? '' : ` of ${this.total}`;
    const left =
      this.total === undefined || this.done === 0 || this.done >= this.total
        ? ''
        : `, ${seconds((this.total - this.done) / rate)} left`;
    return `${this.unit}: ${this.done}${of}, ${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s${left}`;
  }
}

function seconds(value: number): string {
  if (value < 90) return `${Math.ceil(value)} s`;
  return value < 5_400 ? `${Math.round(value / 60)} min` : `${(value / 3_600).toFixed(1)} h`;
}
