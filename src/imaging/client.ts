import { Child, type ChildExit } from './child.js';
import { ImagingClosed, ImagingOverloaded } from './errors.js';
import { Job } from './job.js';
import { type ImagingLog, type ImagingOptions, type ImagingSettings, withDefaults } from './options.js';
import type { ImagingResult, Purpose } from './protocol.js';
import { Queue } from './queue.js';

export { ImagingClosed, ImagingOverloaded } from './errors.js';
export { type Decoder, decoders, type ImagingLog, type ImagingOptions } from './options.js';
export type { DecodedFormat, ImageHashes, ImagingResult, Purpose, Unscannable, UnscannableReason } from './protocol.js';

export interface ImagingStats {
  readonly queued: number;
  readonly inFlight: number;
  /** Images in flight that a child has begun to decode. */
  readonly decoding: number;
  /** Children that ended without `close`. */
  readonly restarts: number;
  readonly pids: readonly number[];
}

export interface Imaging {
  /** Hashes a whole file. Rejects with ImagingOverloaded, ImagingClosed or the signal's reason; a faulty image is a result. */
  hash(bytes: Uint8Array, signal?: AbortSignal, purpose?: Purpose, owner?: string): Promise<ImagingResult>;
  /** @throws ImagingOverloaded if `hash` would refuse an image of this owner after `arriving` others of this owner. */
  assertRoom(owner: string, arriving: number): void;
  /** Resolves when the first child can decode. Rejects with ImagingClosed if closed before. */
  readonly ready: Promise<void>;
  isReady(): boolean;
  stats(): ImagingStats;
  /** Finishes waiting images for `drainMs`, rejects the rest, ends the children. */
  close(): Promise<void>;
}

/** For a child that never became ready, doubled each time. */
/** Several processes that are killed at once may each be given the image before their end is noticed. */
const maxRetries = 3;
const restartDelayMs = { min: 100, max: 5_000 };
const assumedMs = 50;

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
  /** Moving average of the decoding time. */
  #meanMs = assumedMs;

  constructor(options: ImagingOptions) {
    this.#options = withDefaults(options);
    this.#log = options.log;
    this.ready = new Promise((resolve, reject) => {
      this.#becomeReady = { resolve, reject };
    });
    // Nobody may wait for `ready`.
    this.ready.catch(() => undefined);
    for (let slot = 0; slot < this.#options.children; slot++) this.#start();
  }

  hash(bytes: Uint8Array, signal?: AbortSignal, purpose: Purpose = 'query', owner = ''): Promise<ImagingResult> {
    if (this.#state !== 'open') return Promise.reject(new ImagingClosed());
    if (signal?.aborted) return Promise.reject(signal.reason);
    const job = new Job(this.#nextId++, bytes, purpose, owner, signal, (aborted) => this.#dropAborted(aborted));
    // While a retried image waits for an empty child, no later image is dispatched.
    const isNext = this.#queue.size === 0 && this.#roomFor(job) !== undefined;
    const isFull = this.#queue.size >= this.#options.queueLimit && !isNext;
    // A full queue takes the place of an image whose owner has more waiting.
    const displaced = isFull ? this.#queue.displacedBy(owner) : undefined;
    if (displaced) this.#queue.remove(displaced);
    displaced?.reject(this.#overloaded());
    if (isFull && !displaced) job.reject(this.#overloaded());
    else this.#queue.add(job);
    this.#dispatch();
    return job.answer;
  }

  assertRoom(owner: string, arriving: number): void {
    const { queueLimit } = this.#options;
    if (this.#queue.size + arriving < queueLimit) return;
    // With an empty queue, the first images go to the children at once.
    const room = this.#queue.size > 0 ? queueLimit : queueLimit + this.#idlePlaces();
    if (this.#queue.size + arriving >= room && !this.#queue.displacedBy(owner, arriving)) throw this.#overloaded();
  }

  isReady(): boolean {
    return [...this.#children].some((child) => child.ready);
  }

  stats(): ImagingStats {
    const children = [...this.#children];
    return {
      queued: this.#queue.size,
      inFlight: children.reduce((sum, child) => sum + child.inFlight, 0),
      decoding: children.filter((child) => child.decoding).length,
      restarts: this.#restarts,
      pids: children.flatMap(({ pid }) => pid ?? []),
    };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #start(): void {
    const { decoder, deadlineMs, memoryMb, maxPixels, maxFrames, formatsOff, variants } = this.#options;
    const child = new Child(
      { decoder, deadlineMs, memory: memoryMb * 2 ** 20, settings: { maxPixels, maxFrames, formatsOff, variants } },
      {
        ready: () => this.#childReady(),
        answered: (milliseconds, { owner }) => {
          this.#meanMs += (milliseconds - this.#meanMs) / 16;
          this.#queue.charge(owner, milliseconds);
          this.#dispatch();
        },
        exited: (exit) => this.#childExited(exit),
        wroteToStderr: (line) => this.#log?.warn({ line }, 'imaging process wrote to stderr before it was ready'),
      },
    );
    this.#children.add(child);
  }

  #childReady(): void {
    this.#failedStarts = 0;
    this.#becomeReady?.resolve();
    this.#dispatch();
  }

  #childExited({ child, wasReady, decoding, waiting, killReason, cause }: ChildExit): void {
    this.#children.delete(child);
    decoding?.resolve({ unscannable: 'decoder_crashed' });
    for (const job of waiting) this.#retry(job);
    if (this.#state !== 'closed') {
      this.#restarts++;
      this.#log?.warn({ cause, wasReady, killReason }, 'imaging process ended; starting another');
      this.#restart(wasReady);
    }
    this.#dispatch();
  }

  #retry(job: Job): void {
    // So many processes died before they began this image, so the image may be what kills them.
    if (job.retries === maxRetries) job.resolve({ unscannable: 'decoder_crashed' });
    if (job.settled) return;
    job.retries++;
    this.#queue.add(job);
  }

  #restart(wasReady: boolean): void {
    if (wasReady) {
      this.#start();
      return;
    }
    const delay = Math.min(restartDelayMs.max, restartDelayMs.min * 2 ** this.#failedStarts++);
    const timer = setTimeout(() => {
      this.#restartTimers.delete(timer);
      this.#start();
    }, delay);
    this.#restartTimers.add(timer);
  }

  #dispatch(): void {
    for (let job = this.#queue.first(); job; job = this.#queue.first()) {
      const child = this.#roomFor(job);
      if (!child) break;
      this.#queue.remove(job);
      child.take(job);
    }
    this.#onChange();
  }

  #roomFor(job: Job): Child | undefined {
    const available = [...this.#children].filter((child) => child.hasRoomFor(job));
    return available.sort((a, b) => a.inFlight - b.inFlight)[0];
  }

  #idlePlaces(): number {
    return [...this.#children].reduce((sum, { idlePlaces }) => sum + idlePlaces, 0);
  }

  #dropAborted(job: Job): void {
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
