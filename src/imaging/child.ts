import type { ChildProcess } from 'node:child_process';
import type { Job } from './job.js';
import { MemoryWatch, offerToOomKiller } from './memory-watch.js';
import type { Decoder } from './options.js';
import { type ImageSettings, type ImagingResult, parseAnswer } from './protocol.js';
import { spawnImagingProcess } from './spawn.js';

/** One is decoded, one more is there already when it ends. */
const inFlightLimit = 2;
/** Loading sharp and the kernel takes 0.3 s on an idle machine; a child that is not ready by then is started again. */
const startDeadlineMs = 30_000;
/** After its exit a child's last answers are still in the pipe; longer than this only a stray descendant holds it open. */
const pipeDrainMs = 1_000;
const logLineLength = 200;

export interface ChildOptions {
  readonly decoder: Decoder;
  readonly deadlineMs: number;
  /** Bytes an image may add to the memory of the process. */
  readonly memory: number;
  readonly settings: ImageSettings;
}

/** `late`, `greedy`: an image took too long or too much memory. `swollen`: it kept too much. `unwanted`: the service closes. */
type Condemnation = 'late' | 'greedy' | 'swollen' | 'unwanted';

/** How a child ended, once its last answers are read. */
export interface Death {
  readonly child: Child;
  readonly wasReady: boolean;
  /** Unanswered images, oldest first. */
  readonly orphans: readonly Job[];
  /** Why we ended it; what was to blame is answered already, and no orphan is. Undefined when it ended by itself. */
  readonly condemned: Condemnation | undefined;
  /** Exit code or signal. */
  readonly cause: string;
}

export interface ChildEvents {
  ready(): void;
  /** The oldest image was answered, `milliseconds` after it became the oldest. */
  answered(milliseconds: number): void;
  died(death: Death): void;
  /** A line of stderr before the child was ready: why it cannot start. */
  complained(line: string): void;
}

/** One imaging process, from its start to its end. It decodes in the order of `inFlight`, so the first of them is always the cause. */
export class Child {
  readonly #process: ChildProcess;
  readonly #inFlight: Job[] = [];
  readonly #memory: MemoryWatch;
  readonly #startTimer: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  #oldestSince = 0;
  #ready = false;
  #condemned: Condemnation | undefined;
  #cause: string | undefined;

  constructor(
    readonly options: ChildOptions,
    readonly events: ChildEvents,
  ) {
    this.#process = spawnImagingProcess(options.decoder, options.settings);
    this.#memory = new MemoryWatch(this.pid, options.memory, () => this.#condemnOldest('greedy'));
    offerToOomKiller(this.pid);
    this.#startTimer = setTimeout(() => this.kill(), startDeadlineMs);
    this.#process.on('message', (message) => this.#hear(message));
    this.#process.stderr?.setEncoding('utf8').on('data', (text: string) => this.#complain(text));
    this.#followToTheEnd();
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  get inFlight(): number {
    return this.#inFlight.length;
  }

  get ready(): boolean {
    return this.#ready && !this.#condemned && this.#cause === undefined && !this.#memory.isSwollen;
  }

  /** A retried image wants the child for itself, before it and behind it. */
  hasRoomFor(job: Job): boolean {
    if (!this.ready || this.#inFlight[0]?.alone) return false;
    return this.inFlight < (job.alone ? 1 : inFlightLimit);
  }

  take(job: Job): void {
    this.#inFlight.push(job);
    // A failed send means that the child is ending, and its end takes care of the job.
    this.#process.send({ id: job.id, bytes: job.bytes, purpose: job.purpose }, () => undefined);
    if (this.inFlight === 1) this.#watchOldest();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  /** Ends the child for good; what it still has is rejected. */
  abandon(reason: Error): void {
    for (const job of this.#inFlight.splice(0)) job.reject(reason);
    this.#condemned = 'unwanted';
    this.kill();
  }

  #hear(message: unknown): void {
    if (this.#condemned) return;
    const answer = parseAnswer(message);
    if (answer && 'ready' in answer && !this.#ready) this.#becomeReady();
    else if (answer && 'id' in answer && answer.id === this.#inFlight[0]?.id) this.#settleOldest(answer.result);
    // Not what our code says: somebody else's code runs there. Its oldest image is answered as a crash.
    else this.kill();
  }

  #becomeReady(): void {
    clearTimeout(this.#startTimer);
    this.#memory.ready();
    this.#ready = true;
    this.events.ready();
  }

  #settleOldest(result: ImagingResult): void {
    this.#inFlight.shift()?.resolve(result);
    const since = this.#oldestSince;
    this.#memory.end();
    this.#watchOldest();
    this.events.answered(performance.now() - since);
  }

  #watchOldest(): void {
    clearTimeout(this.#deadline);
    const job = this.#inFlight[0];
    if (!job) {
      this.#rest();
      return;
    }
    this.#oldestSince = performance.now();
    this.#memory.begin();
    this.#deadline = setTimeout(() => this.#condemnOldest('late'), this.options.deadlineMs);
  }

  /** Nothing is in flight any more. */
  #rest(): void {
    this.#memory.stop();
    if (!this.#memory.isSwollen) return;
    this.#condemned = 'swollen';
    this.kill();
  }

  /** An answer may be waiting to be read while this process was busy: it is read first. */
  #condemnOldest(reason: 'late' | 'greedy'): void {
    const job = this.#inFlight[0];
    setImmediate(() => this.#condemn(job, reason));
  }

  #condemn(job: Job | undefined, reason: 'late' | 'greedy'): void {
    if (!job || this.#inFlight[0] !== job || this.#cause !== undefined) return;
    this.#condemned = reason;
    this.#inFlight.shift();
    job.resolve({ unscannable: reason === 'late' ? 'timeout' : 'decoder_crashed' });
    this.kill();
  }

  /** Native libraries may print what is in an image, so nothing is kept once images are decoded. */
  #complain(text: string): void {
    if (!this.#ready) this.events.complained(text.slice(0, logLineLength).trim());
  }

  /** The end is exit *and* an empty pipe: an answer that was sent before the end counts. */
  #followToTheEnd(): void {
    const disconnected = new Promise<void>((resolve) => this.#process.once('disconnect', resolve));
    const exited = new Promise<string>((resolve) => {
      this.#process.once('exit', (code, signal) => resolve(signal ?? `code ${code}`));
      // Without a pid it is a failed spawn, which has neither exit nor pipe. Sends have a callback and never come here.
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
    this.events.died({
      child: this,
      wasReady: this.#ready,
      orphans: this.#inFlight.splice(0),
      condemned: this.#condemned,
      cause,
    });
  }
}
