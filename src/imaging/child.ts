import type { ChildProcess } from 'node:child_process';
import type { Job } from './job.js';
import { MemoryWatch, preferForOomKiller } from './memory-watch.js';
import type { Decoder } from './options.js';
import { type ImageSettings, type ImagingResult, parseAnswer } from './protocol.js';
import { spawnImagingProcess } from './spawn.js';

/** One image is decoded, one waits in the child. */
const inFlightLimit = 2;
const startDeadlineMs = 30_000;
/** The last answers are still in the pipe after the exit. */
const pipeDrainMs = 1_000;
const logLineLength = 200;

export interface ChildOptions {
  readonly decoder: Decoder;
  readonly deadlineMs: number;
  /** Bytes that an image may add. */
  readonly memory: number;
  readonly settings: ImageSettings;
}

/** `retained_memory`: the process kept too much after its images. */
type KillReason = 'deadline' | 'memory' | 'retained_memory' | 'closing';

export interface ChildExit {
  readonly child: Child;
  readonly wasReady: boolean;
  /** The image to blame. Undefined if the child was idle or was killed for `killReason`, which has answered the image already. */
  readonly decoding: Job | undefined;
  /** Images that the child had not begun to decode. */
  readonly waiting: readonly Job[];
  /** Undefined if the child ended by itself. */
  readonly killReason: KillReason | undefined;
  readonly cause: string;
}

export interface ChildEvents {
  ready(): void;
  /** Also for an image whose process was killed. */
  answered(milliseconds: number, job: Job): void;
  exited(exit: ChildExit): void;
  /** Only before the child is ready. */
  wroteToStderr(line: string): void;
}

/** One imaging process. It decodes in the order of `inFlight`, so the first image, once started, causes a crash. */
export class Child {
  readonly #process: ChildProcess;
  readonly #inFlight: Job[] = [];
  readonly #memory: MemoryWatch;
  readonly #startTimer: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  #oldestSince = 0;
  #oldestStarted = false;
  #ready = false;
  #killReason: KillReason | undefined;
  #cause: string | undefined;

  constructor(
    readonly options: ChildOptions,
    readonly events: ChildEvents,
  ) {
    this.#process = spawnImagingProcess(options.decoder, options.settings);
    this.#memory = new MemoryWatch(this.pid, options.memory, () => this.#killBecauseOfOldest('memory'));
    preferForOomKiller(this.pid);
    this.#startTimer = setTimeout(() => this.kill(), startDeadlineMs);
    this.#process.on('message', (message) => this.#receive(message));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => this.#reportStderr(text));
    this.#followExit();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get inFlight(): number {
    return this.#inFlight.length;
  }

  get decoding(): boolean {
    return this.#oldestStarted;
  }

  get ready(): boolean {
    return this.#ready && !this.#killReason && this.#cause === undefined && !this.#memory.retainsTooMuch;
  }

  get idlePlaces(): number {
    return this.ready ? Math.max(0, inFlightLimit - this.inFlight) : 0;
  }

  /** A retried image runs alone in its child. */
  hasRoomFor(job: Job): boolean {
    if (!this.ready || this.#inFlight[0]?.alone) return false;
    return this.inFlight < (job.alone ? 1 : inFlightLimit);
  }

  take(job: Job): void {
    this.#inFlight.push(job);
    // A failed send means that the child is ending, which settles the job.
    this.#process.send({ id: job.id, bytes: job.bytes, purpose: job.purpose }, () => undefined);
    if (this.inFlight === 1) this.#watchOldest();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Rejects all images and ends the child. */
  abandon(reason: Error): void {
    for (const job of this.#inFlight.splice(0)) job.reject(reason);
    this.#killReason = 'closing';
    this.kill();
  }

  #receive(message: unknown): void {
    if (this.#killReason) return;
    const answer = parseAnswer(message);
    if (answer && 'ready' in answer && !this.#ready) this.#becomeReady();
    else if (answer && 'started' in answer && answer.started === this.#inFlight[0]?.id) this.#oldestStarted = true;
    else if (answer && 'id' in answer && answer.id === this.#inFlight[0]?.id) this.#settleOldest(answer.result);
    // Our code never sends this.
    else this.kill();
  }

  #becomeReady(): void {
    clearTimeout(this.#startTimer);
    this.#memory.ready();
    this.#ready = true;
    this.events.ready();
  }

  #settleOldest(result: ImagingResult): void {
    const job = this.#inFlight.shift();
    job?.resolve(result);
    const since = this.#oldestSince;
    this.#memory.endImage();
    this.#watchOldest();
    if (job) this.events.answered(performance.now() - since, job);
  }

  #watchOldest(): void {
    clearTimeout(this.#deadline);
    this.#oldestStarted = false;
    const job = this.#inFlight[0];
    if (!job) {
      this.#becomeIdle();
      return;
    }
    this.#oldestSince = performance.now();
    this.#memory.startImage();
    this.#deadline = setTimeout(() => this.#killBecauseOfOldest('deadline'), this.options.deadlineMs);
  }

  #becomeIdle(): void {
    this.#memory.stop();
    if (!this.#memory.retainsTooMuch) return;
    this.#killReason = 'retained_memory';
    this.kill();
  }

  /** Lets an answer that waits in the pipe be read first. */
  #killBecauseOfOldest(reason: 'deadline' | 'memory'): void {
    const job = this.#inFlight[0];
    setImmediate(() => this.#killBecauseOf(job, reason));
  }

  #killBecauseOf(job: Job | undefined, reason: 'deadline' | 'memory'): void {
    if (!job || this.#inFlight[0] !== job || this.#cause !== undefined) return;
    this.#killReason = reason;
    this.#inFlight.shift();
    job.resolve({ unscannable: reason === 'deadline' ? 'timeout' : 'decoder_crashed' });
    this.kill();
    this.events.answered(performance.now() - this.#oldestSince, job);
  }

  /** Native libraries may print content of images, so nothing is logged after the start. */
  #reportStderr(text: string): void {
    if (!this.#ready) this.events.wroteToStderr(text.slice(0, logLineLength).trim());
  }

  /** An answer that was sent before the exit counts, so the pipe must be empty. */
  #followExit(): void {
    const disconnected = new Promise<void>((resolve) => this.#process.once('disconnect', resolve));
    const exited = new Promise<string>((resolve) => {
      this.#process.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
      // A failed spawn has no exit.
      this.#process.on('error', () => this.#process.pid === undefined && resolve('not started'));
    });
    void disconnected.then(() => this.kill());
    void exited.then(async (cause) => {
      clearTimeout(this.#startTimer);
      const timer = setTimeout(() => this.#process.connected && this.#process.disconnect(), pipeDrainMs);
      if (this.pid !== undefined) await disconnected;
      clearTimeout(timer);
      this.#end(cause);
    });
  }

  #end(cause: string): void {
    clearTimeout(this.#deadline);
    this.#memory.stop();
    this.#cause = cause;
    const waiting = this.#inFlight.splice(0);
    this.events.exited({
      child: this,
      wasReady: this.#ready,
      decoding: this.#oldestStarted && !this.#killReason ? waiting.shift() : undefined,
      waiting,
      killReason: this.#killReason,
      cause,
    });
  }
}
