import type { ImagingResult, Purpose } from './protocol.js';

interface Settle {
  resolve(result: ImagingResult): void;
  reject(reason: unknown): void;
}

export class Job {
  /** How often its child ended before it began this image. It is then retried, in an empty child. */
  retries = 0;
  readonly answer: Promise<ImagingResult>;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort: () => void;
  #settle: Settle | undefined;

  /** `onAbort` is called after `signal` rejected the promise. */
  constructor(
    readonly id: number,
    readonly bytes: Uint8Array,
    readonly purpose: Purpose,
    /** Whose image it is: owners share the processes fairly. */
    readonly owner: string,
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

  get alone(): boolean {
    return this.retries > 0;
  }

  get settled(): boolean {
    return this.#settle === undefined;
  }

  /** Only the first `resolve` or `reject` counts. */
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
