import { EventEmitter } from 'node:events';
import { type EngineThread, startEngineThread } from './engine-thread.js';

export interface Log {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
}

/**
 * Keeps one engine thread running. When it dies, emits `lost` and starts another (0.4 s). After a failed start, the next client that
 * connects tries again and gets the error.
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

  thread(): Promise<EngineThread> {
    if (this.#closing) return Promise.reject(new Error('the embedded database is closing'));
    this.#thread ??= this.#start();
    return this.#thread;
  }

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
