import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Engine } from './engine.js';
import { type Frame, Framing, type Job } from './framing.js';
import { fatal, ProtocolError, rollback, sync } from './protocol.js';
import type { Session } from './session.js';

/** How long a client may keep the engine in an open transaction without a word: everybody else waits for it. */
const silenceMs = 60_000;

/**
 * One client. Its frames are served one by one, the next chunk is read when they are done, and the next job starts when the
 * client has taken the last answer: a client that is slow or gone costs what it sent and nothing more.
 */
export class Connection {
  readonly #socket: Duplex;
  readonly #engine: Engine;
  readonly #silenceMs: number;
  #session: Session | undefined;
  #ownsTurn = false;
  #busy = false;
  #leaving = false;
  #silence: NodeJS.Timeout | undefined;
  readonly #gone = new AbortController();

  constructor(socket: Duplex, engine: Engine, silence = silenceMs) {
    this.#socket = socket;
    this.#engine = engine;
    this.#silenceMs = silence;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#gone.abort());
  }

  /** Serves the client to its end, or ours. Never rejects. */
  async serve(): Promise<void> {
    try {
      await this.#readAll();
    } catch (error) {
      this.#end(error instanceof ProtocolError ? fatal(error.code, error.message) : undefined);
    } finally {
      await this.#giveBack();
      destroySoon(this.#socket);
    }
  }

  /** The engine is lost: whatever this client waited for is not coming. One that has not introduced itself waits for nothing. */
  drop(): void {
    if (!this.#session && !this.#busy) return;
    const text = 'the embedded database stopped and is starting again: connect again';
    this.#end(this.#busy ? undefined : fatal('57P02', text));
  }

  /** Ends the connection: now when it is idle, else with its transaction. Without a word, which a pool being ended would report. */
  leave(): void {
    this.#leaving = true;
    if (!this.#busy && !this.#ownsTurn) this.#end();
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

  /** False when the connection is over. */
  async #serveFrame(frame: Frame): Promise<boolean> {
    if (frame.kind === 'cancel' || frame.kind === 'terminate') return false;
    this.#busy = true;
    if (frame.kind === 'encryption') this.#socket.write('N');
    if (frame.kind === 'startup') await this.#greet();
    if (frame.kind === 'job') await this.#runJob(frame.job);
    this.#busy = false;
    if (this.#leaving && !this.#ownsTurn) return false;
    return this.#socket.writable;
  }

  async #greet(): Promise<void> {
    try {
      this.#session = await this.#engine.session();
    } catch {
      throw new ProtocolError('57P03', 'the embedded database did not start: see the log of the process that runs it');
    }
    this.#socket.write(this.#session.greeting);
  }

  async #runJob(job: Job): Promise<void> {
    const session = this.#session;
    if (!session) throw new ProtocolError('08P01', 'the connection has no session');
    clearTimeout(this.#silence);
    if (!this.#ownsTurn) await session.turns.take();
    this.#ownsTurn = true;
    // Ended by us while it waited: its client has been told so, and may send the same work again.
    if (!this.#socket.writable) return;
    const idle = await session.run(job, (bytes) => this.#socket.write(bytes));
    if (idle) this.#giveTurn(session);
    else this.#silence = setTimeout(() => this.#breakSilence(), this.#silenceMs);
    if (this.#socket.writableNeedDrain) await once(this.#socket, 'drain', { signal: this.#gone.signal });
  }

  #breakSilence(): void {
    // It has not even taken its answer, so it will not take an error.
    if (this.#socket.writableNeedDrain) this.#socket.destroy();
    this.#end(fatal('25P03', `the transaction was silent for ${this.#silenceMs} ms while everybody else waited: rolled back`));
  }

  #giveTurn(session: Session): void {
    this.#ownsTurn = false;
    session.turns.give();
  }

  /** A client gone inside a transaction leaves a clean engine: Sync first, for after an error all else is skipped until then. */
  async #giveBack(): Promise<void> {
    clearTimeout(this.#silence);
    if (!this.#session || !this.#ownsTurn) return;
    const bytes = Uint8Array.from(Buffer.concat([sync, rollback]));
    await this.#session.run({ bytes, endsInReady: true }, () => {}).catch(() => undefined);
    this.#giveTurn(this.#session);
  }

  /** Ends the socket once what was written has left. */
  #end(lastWords?: Uint8Array): void {
    if (this.#socket.writable && lastWords) this.#socket.write(lastWords);
    destroySoon(this.#socket);
  }
}

/** Once what was written has left. */
function destroySoon(socket: Duplex): void {
  if (socket.writableFinished) socket.destroy();
  else socket.end(() => socket.destroy());
}
