interface Times {
  readonly timeoutMs: number;
  readonly stallMs: number;
}

/** Fewer within `stallMs` are no progress: a byte per second would hold a place for hours. */
const minBytes = 4_096;

/** Aborts its signal when a fetch takes too long, stands still, or is given up by the caller. */
export class Progress {
  private readonly abort = new AbortController();
  private readonly timers: NodeJS.Timeout[];
  private bytes = 0;
  private seen = 0;
  /** Undefined while it may go on. */
  why: string | undefined;

  constructor(
    { timeoutMs, stallMs }: Times,
    private readonly caller: AbortSignal,
  ) {
    const giveUp = (why: string) => {
      this.why ??= why;
      this.abort.abort();
    };
    this.timers = [
      setTimeout(() => giveUp(`it gave no complete answer within ${timeoutMs} ms`), timeoutMs),
      setInterval(() => {
        if (this.bytes - this.seen < minBytes) giveUp(`fewer than ${minBytes} bytes of its answer arrived within ${stallMs} ms`);
        this.seen = this.bytes;
      }, stallMs),
    ];
    caller.addEventListener('abort', this.stop);
    if (caller.aborted) this.stop();
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  arrived(bytes: number): void {
    this.bytes += bytes;
  }

  /** Also closes a connection that is still open. */
  end(): void {
    for (const timer of this.timers) clearTimeout(timer);
    this.caller.removeEventListener('abort', this.stop);
    this.stop();
  }

  private readonly stop = () => this.abort.abort();
}
