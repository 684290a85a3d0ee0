import { type ChildProcess, fork } from 'node:child_process';
import { built } from '../package-root.js';
import type { Job } from './job.js';
import { type ImageSettings, type ImagingResult, parseAnswer } from './protocol.js';

/** One is decoded, one more is there already when it ends. */
const inFlightLimit = 2;
/** Loading sharp and the kernel takes 0.3 s on an idle machine; a child that is not ready by then is started again. */
const startDeadlineMs = 30_000;
/** After its exit a child's last answers are still in the pipe; longer than this only a stray descendant holds it open. */
const pipeDrainMs = 1_000;
const logLineLength = 200;

export interface ChildOptions {
  readonly deadlineMs: number;
  readonly settings: ImageSettings;
}

/** How a child ended, once its last answers are read. */
export interface Death {
  readonly child: Child;
  readonly wasReady: boolean;
  /** Unanswered images, oldest first. */
  readonly orphans: readonly Job[];
  /** True when we ended it for a late image, which is answered already: then no orphan is to blame. */
  readonly condemned: boolean;
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
  readonly #startTimer: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  #oldestSince = 0;
  #ready = false;
  #condemned = false;
  #cause: string | undefined;

  constructor(
    readonly options: ChildOptions,
    readonly events: ChildEvents,
  ) {
    this.#process = fork(built('src/imaging/process.js'), [JSON.stringify(options.settings)], {
      // Nothing of the service's environment: no database, no keys. sharp needs a second thread in libuv's pool.
      env: { PATH: process.env.PATH, UV_THREADPOOL_SIZE: '2' },
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
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
    return this.#ready && !this.#condemned && this.#cause === undefined;
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
    this.#condemned = true;
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
    this.#ready = true;
    this.events.ready();
  }

  #settleOldest(result: ImagingResult): void {
    this.#inFlight.shift()?.resolve(result);
    const since = this.#oldestSince;
    this.#watchOldest();
    this.events.answered(performance.now() - since);
  }

  #watchOldest(): void {
    clearTimeout(this.#deadline);
    const job = this.#inFlight[0];
    if (!job) return;
    this.#oldestSince = performance.now();
    // An answer may be waiting to be read while this process was busy: let it be read first.
    this.#deadline = setTimeout(() => setImmediate(() => this.#condemn(job)), this.options.deadlineMs);
  }

  #condemn(job: Job): void {
    if (this.#inFlight[0] !== job || this.#cause !== undefined) return;
    this.#condemned = true;
    this.#inFlight.shift();
    job.resolve({ unscannable: 'timeout' });
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
