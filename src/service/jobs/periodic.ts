/**
 * Background work that comes back by itself, never twice at a time. The first time is at random within one interval and later ones vary
 * by a quarter, so that nodes started together do not all come to the database at once. Of failures in a row the first is told.
 */
export class Periodic {
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();
  private failing = false;
  private closed = false;

  constructor(
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
    private readonly onError: (error: unknown) => void,
  ) {}

  start(): void {
    this.schedule(Math.random() * this.everyMs);
  }

  /** Resolves when nothing runs, and nothing will. */
  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.timer);
    await this.working;
  }

  private schedule(delayMs: number): void {
    if (this.closed) return;
    this.timer = setTimeout(() => {
      this.working = this.workOnce().then(() => this.schedule(this.everyMs * (0.75 + Math.random() / 2)));
    }, delayMs);
  }

  private async workOnce(): Promise<void> {
    try {
      await this.work();
      this.failing = false;
    } catch (error) {
      if (!this.failing) this.onError(error);
      this.failing = true;
    }
  }
}
