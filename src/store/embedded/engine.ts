import { EventEmitter } from 'node:events';
import { type EngineThread, startEngineThread } from './engine-thread.js';

export interface Log {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
}

/**
 * Keeps one engine thread running on `<dataDir>/postgres`. When the thread dies, it emits `lost` and starts another (0.4 s).
 *
 * It does not repeat a start that failed. The next client that connects starts the engine again and gets the error if that fails.
 */
export class Engine extends EventEmitter<{ lost: [] }> {
  readonly #dataDir: string;
  readonly #log: Log | undefined;
  #thread: Promise<EngineThread> | undefined;
  #closing = false;

  constructor(dataDir: string, log?: Log) {
    super();
    this.#dataDir = dataDir;
    this.#log = log;
  }

  /** The running thread; starts one if there is none. */
  thread(): Promise<EngineThread> {
    if (this.#closing) return Promise.reject(new Error('the embedded database is closing'));
    this.#thread ??= this.#start();
    return this.#thread;
  }

  /** Closes the database. Kills the thread when that takes longer than `deadline` ms. */
  async close(deadline: number): Promise<void> {
    this.#closing = true;
    const thread = await this.#thread?.catch(() => undefined);
    await thread?.close(deadline);
  }

  async #start(): Promise<EngineThread> {
    try {
      const thread = await startEngineThread(this.#dataDir);
      void thread.ended.then((reason) => this.#replace(reason));
      return thread;
    } catch (error) {
      this.#thread = undefined;
      throw error;
    }
  }

  #replace(reason: string): void {
    if (this.#closing) return;
    this.#log?.warn({ reason }, 'embedded database stopped; starting it again');
    this.#thread = undefined;
    this.emit('lost');
    this.thread().catch((error: Error) => this.#log?.warn({ reason: error.message }, 'embedded database did not start'));
  }
}
