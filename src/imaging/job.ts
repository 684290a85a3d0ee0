import type { ImagingResult, Purpose } from './protocol.js';

interface Settle {
  resolve(result: ImagingResult): void;
  reject(reason: unknown): void;
}

/** One image on its way, from `hash()` to its answer. */
export class Job {
  /** True once a companion of a crash: it runs only in a child with nothing else in flight, and is not tried a third time. */
  alone = false;
  readonly answer: Promise<ImagingResult>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  #settle: Settle | undefined;

  /** `onAbort` is called when `signal` fires before the answer; the promise is rejected with its reason by then. */
  constructor(
    readonly id: number,
    readonly bytes: Uint8Array,
    readonly purpose: Purpose,
    signal?: AbortSignal,
    onAbort?: (job: Job) => void,
  ) {
    this.answer = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#signal = signal;
    this.#onAbort = () => {
      this.reject(signal?.reason);
      onAbort?.(this);
    };
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Nobody waits for it any more. */
  get settled(): boolean {
    return this.#settle === undefined;
  }

  /** The first of `resolve` and `reject` counts, later ones do nothing. */
  resolve(result: ImagingResult): void {
    this.#end()?.resolve(result);
  }

  reject(reason: unknown): void {
    this.#end()?.reject(reason);
  }

  #end(): Settle | undefined {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    return settle;
  }
}
