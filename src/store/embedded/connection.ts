import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Engine } from './engine.js';
import type { EngineThread } from './engine-thread.js';
import { type Frame, Framing, type Job } from './framing.js';
import { fatal, ProtocolError, rollback, sync } from './protocol.js';

/** All other clients wait for an open transaction. */
const defaultSilenceMs = 60_000;

/**
 * Serves one client. It starts the next job only when the client has taken the last answer, so a slow client costs no more memory than
 * its own messages.
 */
export class Connection {
  readonly #socket: Duplex;
  readonly #engine: Engine;
  readonly #silenceMs: number;
  #thread: EngineThread | undefined;
  #holdsMutex = false;
  #busy = false;
  #closing = false;
  #silenceTimer: NodeJS.Timeout | undefined;
  readonly #gone = new AbortController();

  constructor(socket: Duplex, engine: Engine, silenceMs = defaultSilenceMs) {
    this.#socket = socket;
    this.#engine = engine;
    this.#silenceMs = silenceMs;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#gone.abort());
  }

  /** Never rejects. */
  async serve(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      this.#end(error instanceof ProtocolError ? fatal(error.code, error.message) : undefined);
    } finally {
      await this.#releaseEngine();
      destroySoon(this.#socket);
    }
  }

  /** The engine died. */
  drop(): void {
    if (!this.#thread && !this.#busy) return;
    const text = 'the embedded database stopped and is starting again: reconnect';
    this.#end(this.#busy ? undefined : fatal('57P02', text));
  }

  /** Ends the connection, after its transaction. It sends no error, because a closing pool would report it. */
  close(): void {
    this.#closing = true;
    if (!this.#busy && !this.#holdsMutex) this.#end();
  }

  async #readAll(): Promise<void> {
    const framing = new Framing();
    const chunks: AsyncIterable<Uint8Array> = this.#socket.iterator({ destroyOnReturn: false });
    for await (const chunk of chunks) {
      for (const frame of framing.push(chunk)) {
        if (!(await this.#serveFrame(frame))) return;
      }
    }
  }

  async #serveFrame(frame: Frame): Promise<boolean> {
    if (frame.kind === 'cancel' || frame.kind === 'terminate') return false;
    this.#busy = true;
    if (frame.kind === 'encryption') this.#socket.write('N');
    if (frame.kind === 'startup') await this.#greet();
    if (frame.kind === 'job') await this.#runJob(frame.job);
    this.#busy = false;
    if (this.#closing && !this.#holdsMutex) return false;
    return this.#socket.writable;
  }

  async #greet(): Promise<void> {
    try {
      this.#thread = await this.#engine.thread();
    } catch {
      throw new ProtocolError('57P03', 'the embedded database did not start: read the log of the process that runs it');
    }
    this.#socket.write(this.#thread.greeting);
  }

  async #runJob(job: Job): Promise<void> {
    const thread = this.#thread;
    if (!thread) throw new ProtocolError('08P01', 'a message arrived before the startup packet');
    clearTimeout(this.#silenceTimer);
    if (!this.#holdsMutex) await thread.mutex.acquire();
    this.#holdsMutex = true;
    // `drop` ended the connection meanwhile, and the client may send the same job again.
    if (!this.#socket.writable) return;
    const idle = await thread.run(job, (bytes) => this.#socket.write(bytes));
    if (idle) this.#releaseMutex(thread);
    else this.#silenceTimer = setTimeout(() => this.#endSilentTransaction(), this.#silenceMs);
    if (this.#socket.writableNeedDrain) await once(this.#socket, 'drain', { signal: this.#gone.signal });
  }

  #endSilentTransaction(): void {
    if (this.#socket.writableNeedDrain) this.#socket.destroy();
    this.#end(
      fatal('25P03', `rolled back: the transaction was silent for ${this.#silenceMs} ms, and all other clients waited for it`),
    );
  }

  #releaseMutex(thread: EngineThread): void {
    this.#holdsMutex = false;
    thread.mutex.release();
  }

  /** Rolls back the transaction of a client that is gone. After an error the engine skips everything up to Sync. */
  async #releaseEngine(): Promise<void> {
    clearTimeout(this.#silenceTimer);
    if (!this.#thread || !this.#holdsMutex) return;
    const bytes = Uint8Array.from(Buffer.concat([sync, rollback]));
    await this.#thread.run({ bytes, endsInReady: true }, () => {}).catch(() => undefined);
    this.#releaseMutex(this.#thread);
  }

  #end(error?: Uint8Array): void {
    if (this.#socket.writable && error) this.#socket.write(error);
    destroySoon(this.#socket);
  }
}

function destroySoon(socket: Duplex): void {
  if (socket.writableFinished) socket.destroy();
  else socket.end(() => socket.destroy());
}
