/** Ends the work of one call: when its time is over, or when the caller's signal says so. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #endsAt: number;
  readonly #caller: AbortSignal | undefined;
  readonly #onAbort = () => this.#end('aborted');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #why: 'timeout' | 'aborted' | undefined;

  /** `ms`: infinite for work that only the caller ends. */
  constructor(ms: number, caller?: AbortSignal) {
    this.#endsAt = performance.now() + ms;
    this.#caller = caller;
    if (caller?.aborted) this.#end('aborted');
    else caller?.addEventListener('abort', this.#onAbort, { once: true });
    if (Number.isFinite(ms)) this.#timer = setTimeout(() => this.#end('timeout'), ms);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Undefined: the call may go on. */
  get why(): 'timeout' | 'aborted' | undefined {
    return this.#why;
  }

  get remainingMs(): number {
    return this.#endsAt - performance.now();
  }

  /** Waits, but not beyond the end. */
  async wait(ms: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    await this.race(
      () =>
        new Promise<void>((resolve) => {
          timer = setTimeout(resolve, ms);
        }),
    );
    clearTimeout(timer);
  }

  /** The result of `work`; undefined if the end comes first. After the end, `work` does not begin. */
  async race<Result>(work: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#why) return undefined;
    const result = work();
    const { signal } = this;
    let onAbort = () => {};
    const ended = new Promise<undefined>((resolve) => {
      onAbort = () => resolve(undefined);
      signal.addEventListener('abort', onAbort, { once: true });
    });
    return Promise.race([result, ended]).finally(() => signal.removeEventListener('abort', onAbort));
  }

  /** Call it when the work is over: timers and listeners keep a process alive. */
  release(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener('abort', this.#onAbort);
  }

  #end(why: 'timeout' | 'aborted'): void {
    this.#why ??= why;
    this.#controller.abort();
  }
}
