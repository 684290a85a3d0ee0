import { readFileSync, writeFileSync } from 'node:fs';

/** A decoder fills 1 to 2 GB/s, so it exceeds the limit by about 50 MB. A poll takes 30 us. */
const pollMs = 25;
/** Quick images are never polled, but may leave memory behind. */
const pollEveryAnswers = 64;
/** WebAssembly decoders keep 150 MB after photographs (measured). */
const minRetained = 256 * 2 ** 20;

/**
 * Watches the memory of an imaging process, on Linux only. RLIMIT_AS would count the tens of gigabytes of addresses that V8
 * reserves, and Node cannot set RLIMIT_DATA.
 */
export class MemoryWatch {
  #timer: NodeJS.Timeout | undefined;
  #base = 0;
  #retained = 0;
  #polled = false;
  #answers = 0;

  /** `limit`: bytes that an image may add. */
  constructor(
    readonly pid: number | undefined,
    readonly limit: number,
    readonly onExcess: () => void,
  ) {}

  /** Call when the process has decoded nothing yet. */
  ready(): void {
    this.#base = memoryOf(this.pid) ?? 0;
    this.#retained = this.#base;
  }

  /** Most images end before the first poll. Restarting the timer saves 4 % of the service's main thread under load. */
  startImage(): void {
    this.#polled = false;
    if (this.#timer) this.#timer.refresh();
    else this.#timer = setInterval(() => this.#poll(), pollMs);
  }

  endImage(): void {
    if (this.#polled || ++this.#answers % pollEveryAnswers === 0) this.#retained = memoryOf(this.pid) ?? 0;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** A WebAssembly memory never shrinks, so the process should be replaced. */
  get retainsTooMuch(): boolean {
    return this.#retained - this.#base > Math.max(this.limit / 2, minRetained);
  }

  #poll(): void {
    const memory = memoryOf(this.pid) ?? 0;
    this.#polled = true;
    if (memory - this.#retained <= this.limit) return;
    this.stop();
    this.onExcess();
  }
}

/** Bytes in memory and swap. */
export function memoryOf(pid: number | undefined): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'latin1');
    const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    return (kilobytes('VmRSS') + kilobytes('VmSwap')) * 1_024;
  } catch {
    return undefined;
  }
}

/** If memory runs out, the kernel should end this process, not the service with its index. */
export function preferForOomKiller(pid: number | undefined): void {
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '1000');
  } catch {
    // Not Linux, or not allowed.
  }
}
