/**
 * Hashes files in workers. A hostile file costs its worker, not the page: a worker that fails or is late is ended, its file is
 * named, and the next file gets a new worker.
 */
import type { FileOutcome, FileTask } from './outcome.ts';

export type { FileOutcome, FileRefusal, HashedFile, Hashes } from './outcome.ts';

const deadlineMs = 20_000;
/** Each holds one decoded image. */
const maxWorkers = 2;

interface Waiting {
  readonly task: FileTask;
  readonly answer: (outcome: FileOutcome) => void;
}

export interface HasherOptions {
  readonly deadlineMs?: number;
  readonly startWorker?: () => Worker;
}

const startHasher = (): Worker => new Worker(new URL('./hasher.worker.ts', import.meta.url), { type: 'module' });

export class Hasher {
  readonly #waiting: Waiting[] = [];
  readonly #idle: Worker[] = [];
  readonly #room = Math.min(maxWorkers, Math.max(1, navigator.hardwareConcurrency));
  readonly #deadlineMs: number;
  readonly startWorker: () => Worker;
  #busy = 0;

  constructor(options: HasherOptions = {}) {
    this.#deadlineMs = options.deadlineMs ?? deadlineMs;
    this.startWorker = options.startWorker ?? startHasher;
  }

  /** Never rejects. Files wait for their turn. */
  hash(file: Blob, variants: FileTask['variants'] = 'none'): Promise<FileOutcome> {
    return new Promise((answer) => {
      this.#waiting.push({ task: { file, variants }, answer });
      this.#next();
    });
  }

  /** Ends the idle workers and frees their memory. The hasher can be used again. */
  rest(): void {
    for (const worker of this.#idle.splice(0)) worker.terminate();
  }

  #next(): void {
    if (this.#busy >= this.#room) return;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#busy++;
    const worker = this.#idle.pop() ?? this.startWorker();
    const finish = (outcome: FileOutcome, isHealthy: boolean): void => {
      clearTimeout(timer);
      worker.onmessage = worker.onerror = worker.onmessageerror = null;
      if (isHealthy) this.#idle.push(worker);
      else worker.terminate();
      this.#busy--;
      next.answer(outcome);
      this.#next();
    };
    const timer = setTimeout(() => finish({ refused: 'too_slow' }, false), this.#deadlineMs);
    worker.onmessage = ({ data }: MessageEvent<FileOutcome>) => finish(data, true);
    worker.onerror = worker.onmessageerror = () => finish({ refused: 'unreadable' }, false);
    worker.postMessage(next.task);
  }
}
