import { Child, type Death } from './child.js';
import { ImagingClosed, ImagingOverloaded } from './errors.js';
import { Job } from './job.js';
import { complete, type ImagingLog, type ImagingOptions, type ImagingSettings } from './options.js';
import type { ImagingResult, Purpose } from './protocol.js';
import { Queue } from './queue.js';

export { ImagingClosed, ImagingOverloaded } from './errors.js';
export { type Decoder, decoders, type ImagingLog, type ImagingOptions } from './options.js';
export type { DecodedFormat, ImageHashes, ImagingResult, Purpose, Unscannable, UnscannableReason } from './protocol.js';

export interface ImagingStats {
  /** Images that no child has yet. */
  readonly queued: number;
  /** Images handed to children: at most two each. */
  readonly inFlight: number;
  /** Children that ended by themselves, or were ended for an image or for what they held, since the start. */
  readonly restarts: number;
  readonly pids: readonly number[];
}

export interface Imaging {
  /**
   * Hashes the image in `bytes` (a whole file; not changed, not kept beyond the answer). Rejects with ImagingOverloaded,
   * ImagingClosed, or the signal's reason; everything an image can do wrong is an `Unscannable`. `purpose`: default `query`.
   */
  hash(bytes: Uint8Array, signal?: AbortSignal, purpose?: Purpose): Promise<ImagingResult>;
  /** Resolves when the first child can decode. Rejects with ImagingClosed when closed before. */
  readonly ready: Promise<void>;
  /** True while at least one child can decode. */
  isReady(): boolean;
  stats(): ImagingStats;
  /** Takes no more images, lets waiting ones finish for `drainMs`, rejects the rest, ends the children. */
  close(): Promise<void>;
}

/** Milliseconds before a child that never became ready is started again: doubled each time. */
const backoff = { first: 100, last: 5_000 };
/** What an image takes, in ms, before there is a measurement. */
const assumedMs = 50;

/** Starts the imaging processes. Nothing else in the service decodes an image. */
export function startImaging(options: ImagingOptions = {}): Imaging {
  return new ImagingClient(options);
}

class ImagingClient implements Imaging {
  readonly ready: Promise<void>;
  readonly #options: ImagingSettings;
  readonly #log: ImagingLog | undefined;
  readonly #queue = new Queue();
  readonly #children = new Set<Child>();
  readonly #restartTimers = new Set<NodeJS.Timeout>();
  #state: 'open' | 'draining' | 'closed' = 'open';
  #becomeReady: { resolve(): void; reject(reason: Error): void } | undefined;
  #onChange: () => void = () => undefined;
  #closing: Promise<void> | undefined;
  #nextId = 1;
  #restarts = 0;
  #failedStarts = 0;
  /** Moving average of the time in the decoder. */
  #meanMs = assumedMs;

  constructor(options: ImagingOptions) {
    this.#options = complete(options);
    this.#log = options.log;
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = { resolve, reject };
    });
    // Whoever does not wait for it must not be ended by its rejection.
    this.ready.catch(() => undefined);
    for (let slot = 0; slot < this.#options.children; slot++) this.#start();
  }

  hash(bytes: Uint8Array, signal?: AbortSignal, purpose: Purpose = 'query'): Promise<ImagingResult> {
    if (this.#state !== 'open') return Promise.reject(new ImagingClosed());
    if (signal?.aborted) return Promise.reject(signal.reason);
    const job = new Job(this.#nextId++, bytes, purpose, signal, (aborted) => this.#forget(aborted));
    // Room counts for those in front first: behind a retried image, which waits for a child of its own, nobody is handed out.
    const isNext = this.#queue.size === 0 && this.#roomFor(job) !== undefined;
    if (this.#queue.size >= this.#options.queueLimit && !isNext) job.reject(this.#overloaded());
    else this.#queue.add(job);
    this.#dispatch();
    return job.answer;
  }

  isReady(): boolean {
    return [...this.#children].some((child) => child.ready);
  }

  stats(): ImagingStats {
    const children = [...this.#children];
    return {
      queued: this.#queue.size,
      inFlight: children.reduce((sum, child) => sum + child.inFlight, 0),
      restarts: this.#restarts,
      pids: children.flatMap(({ pid }) => pid ?? []),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #start(): void {
    const { decoder, deadlineMs, memoryMb, maxPixels, maxFrames, variants } = this.#options;
    const child = new Child(
      { decoder, deadlineMs, memory: memoryMb * 2 ** 20, settings: { maxPixels, maxFrames, variants } },
      {
        ready: () => this.#childReady(),
        answered: (milliseconds) => {
          this.#meanMs += (milliseconds - this.#meanMs) / 16;
          this.#dispatch();
        },
        died: (death) => this.#childDied(death),
        complained: (line) => this.#log?.warn({ line }, 'an imaging process complains'),
      },
    );
    this.#children.add(child);
  }

  #childReady(): void {
    this.#failedStarts = 0;
    this.#becomeReady?.resolve();
    this.#dispatch();
  }

  /** The oldest unanswered image is the one that was being decoded; the other one is innocent, and is tried once more, alone. */
  #childDied({ child, wasReady, orphans, condemned, cause }: Death): void {
    this.#children.delete(child);
    const innocent = condemned ? orphans : orphans.slice(1);
    if (!condemned) orphans[0]?.resolve({ unscannable: 'decoder_crashed' });
    for (const job of innocent.filter(({ settled }) => !settled)) {
      job.alone = true;
      this.#queue.add(job);
    }
    if (this.#state !== 'closed') {
      this.#restarts++;
      this.#log?.warn({ cause, wasReady, condemned }, 'an imaging process ended and is started again');
      this.#restart(wasReady);
    }
    this.#dispatch();
  }

  #restart(wasReady: boolean): void {
    if (wasReady) {
      this.#start();
      return;
    }
    const delay = Math.min(backoff.last, backoff.first * 2 ** this.#failedStarts++);
    const timer = setTimeout(() => {
      this.#restartTimers.delete(timer);
      this.#start();
    }, delay);
    this.#restartTimers.add(timer);
  }

  /** Hands out what can be handed out. A retried image waits at the head until some child is empty, which takes two images at most. */
  #dispatch(): void {
    for (let job = this.#queue.first(); job; job = this.#queue.first()) {
      const child = this.#roomFor(job);
      if (!child) break;
      this.#queue.remove(job);
      child.take(job);
    }
    this.#onChange();
  }

  /** The least busy child that may take it. */
  #roomFor(job: Job): Child | undefined {
    const willing = [...this.#children].filter((child) => child.hasRoomFor(job));
    return willing.sort((a, b) => a.inFlight - b.inFlight)[0];
  }

  #forget(job: Job): void {
    this.#queue.remove(job);
    this.#dispatch();
  }

  #overloaded(): ImagingOverloaded {
    const seconds = Math.ceil((this.#queue.size * this.#meanMs) / this.#options.children / 1_000);
    return new ImagingOverloaded(this.#options.queueLimit, Math.max(1, seconds));
  }

  async #close(): Promise<void> {
    this.#state = 'draining';
    await this.#until(() => this.#queue.size + this.stats().inFlight === 0, this.#options.drainMs);
    this.#state = 'closed';
    this.#becomeReady?.reject(new ImagingClosed());
    for (const timer of this.#restartTimers) clearTimeout(timer);
    for (const job of this.#queue.takeAll()) job.reject(new ImagingClosed());
    for (const child of this.#children) child.abandon(new ImagingClosed());
    await this.#until(() => this.#children.size === 0);
  }

  /** Waits for a condition over the queue and the children, which is looked at whenever one of them changes. */
  #until(isTrue: () => boolean, milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
      this.#onChange = () => {
        if (!isTrue()) return;
        clearTimeout(timer);
        resolve();
      };
      this.#onChange();
    });
  }
}
