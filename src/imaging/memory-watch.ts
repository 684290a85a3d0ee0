import { readFileSync, writeFileSync } from 'node:fs';

/** A decoder fills fresh pages at 1-2 GB/s, so it passes the limit by some 50 MB at most before it is seen. A look takes 30 us. */
const lookEveryMs = 25;
/** Answers after which what the process holds is looked at in any case: quick images are never looked at, and may leave something behind. */
const lookEveryAnswers = 64;
/** What WebAssembly decoders keep after photographs (150 MB measured), and then some. */
const minRest = 256 * 2 ** 20;

/**
 * The memory of one imaging process, watched from outside while it decodes.
 *
 * Not by resource limits: RLIMIT_AS counts the tens of gigabytes of addresses that V8 reserves and never uses, and RLIMIT_DATA would need
 * a program to set it. A poll needs nothing but /proc; where there is none (other systems than Linux) nothing is limited.
 */
export class MemoryWatch {
  #timer: NodeJS.Timeout | undefined;
  #base = 0;
  #rest = 0;
  #looked = false;
  #answers = 0;

  /** `limit`: bytes an image may add to the process; `onExcess` is called, once an image, when it has added more. */
  constructor(
    readonly pid: number | undefined,
    readonly limit: number,
    readonly onExcess: () => void,
  ) {}

  /** The process is ready, and has decoded nothing yet. */
  ready(): void {
    this.#base = memoryOf(this.pid) ?? 0;
    this.#rest = this.#base;
  }

  /**
   * An image is being decoded from now on. Most take less than one turn of the timer, which begins anew with each image, and cost nothing here: going on, it
   * took 4 % of the service's main thread under load.
   */
  begin(): void {
    this.#looked = false;
    if (this.#timer) this.#timer.refresh();
    else this.#timer = setInterval(() => this.#look(), lookEveryMs);
  }

  /** The image is answered, and what is still held is no longer its own. */
  end(): void {
    if (this.#looked || ++this.#answers % lookEveryAnswers === 0) this.#rest = memoryOf(this.pid) ?? 0;
  }

  /** Nothing is being decoded. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** It has kept so much that it should be replaced: a WebAssembly memory, for one, never shrinks. */
  get isSwollen(): boolean {
    return this.#rest - this.#base > Math.max(this.limit / 2, minRest);
  }

  #look(): void {
    const memory = memoryOf(this.pid) ?? 0;
    this.#looked = true;
    if (memory - this.#rest <= this.limit) return;
    this.stop();
    this.onExcess();
  }
}

/** Bytes of a process in memory or swapped out; undefined without /proc or without that process. */
export function memoryOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    return (kilobytes('VmRSS') + kilobytes('VmSwap')) * 1_024;
  } catch {
    return undefined;
  }
}

/** Where the machine's memory runs out all the same, the kernel is to end this process, not the service with its large index. */
export function offerToOomKiller(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Not Linux, or not allowed: then the kernel chooses by size.
  }
}
