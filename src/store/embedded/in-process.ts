import { Duplex } from 'node:stream';

type Done = (error?: Error | null) => void;

/**
 * One end of a connection that does not leave the process. A client's end offers what `pg` asks of a socket.
 *
 * A query by a socket is read in a later turn of the event loop, and so is its answer: on a busy loop each of these turns takes 4 ms.
 */
class End extends Duplex {
  #peer: End | undefined;
  #taken: Done | undefined;

  /** Joins two ends: what is written to one is read from the other. */
  static join(one: End, other: End): void {
    one.#peer = other;
    other.#peer = one;
  }

  private get peer(): End {
    if (!this.#peer) throw new Error('the end of a connection was used before it was joined');
    return this.#peer;
  }

  /** For `pg`, which connects what it is given. */
  connect(): this {
    process.nextTick(() => this.emit('connect'));
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  /** An idle client never keeps the process alive: the engine's thread does. */
  unref(): this {
    return this;
  }

  override _read(): void {
    this.peer.#settle();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    if (this.peer.destroyed) done(broken());
    else {
      this.#taken = done;
      this.peer.push(chunk);
    }
  }

  override _writev(chunks: { chunk: Uint8Array }[], done: Done): void {
    this._write(Buffer.concat(chunks.map(({ chunk }) => chunk)), 'buffer', done);
  }

  override _final(done: Done): void {
    this.peer.push(null);
    done();
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#settle(broken());
    this.peer.#settle(broken());
    if (!this.peer.destroyed) this.peer.push(null);
    done(error);
  }

  /** Ends the write that waits for its reader. */
  #settle(error?: Error): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.(error);
  }
}

/** As a socket says it whose other end is gone. */
function broken(): Error {
  return Object.assign(new Error('the other end of the connection is gone'), { code: 'EPIPE' });
}

/** The two ends of a new connection; the server's may write on after its client has ended. */
export function connectionInProcess(): { readonly client: Duplex; readonly server: Duplex } {
  const client = new End({ allowHalfOpen: false });
  const server = new End({ allowHalfOpen: true });
  End.join(client, server);
  return { client, server };
}
