import { EventEmitter } from 'node:events';
import { type Session, startSession } from './session.js';

/** What pino's logger offers, as far as it is used here. */
export interface Log {
  info(details: object, text: string): void;
  warn(details: object, text: string): void;
}

/**
 * Keeps one engine running on `<dataDir>/postgres`. A lost engine is announced with `lost` and replaced (0.4 s).
 *
 * A start that fails is not repeated by itself: the next client to connect tries again, and is told when it fails.
 */
export class Engine extends EventEmitter<{ lost: [] }> {
  readonly #dataDir: string;
  readonly #log: Log | undefined;
  #session: Promise<Session> | undefined;
  #closing = false;

  constructor(dataDir: string, log?: Log) {
    super();
    this.#dataDir = dataDir;
    this.#log = log;
  }

  /** The session of now; starts one when there is none. */
  session(): Promise<Session> {
    if (this.#closing) return Promise.reject(new Error('the embedded database is closing'));
    this.#session ??= this.#start();
    return this.#session;
  }

  /** Closes the database; the thread is killed when that takes more than `deadline` ms. */
  async close(deadline: number): Promise<void> {
    this.#closing = true;
    const session = await this.#session?.catch(() => undefined);
    await session?.close(deadline);
  }

  async #start(): Promise<Session> {
    try {
      const session = await startSession(this.#dataDir);
      void session.ended.then((reason) => this.#replace(reason));
      return session;
    } catch (error) {
      this.#session = undefined;
      throw error;
    }
  }

  #replace(reason: string): void {
    if (this.#closing) return;
    this.#log?.warn({ reason }, 'embedded database lost, starting it again');
    this.#session = undefined;
    this.emit('lost');
    this.session().catch((error: Error) => this.#log?.warn({ reason: error.message }, 'embedded database did not start'));
  }
}
