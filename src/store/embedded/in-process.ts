import { type Duplex, duplexPair } from 'node:stream';

/** The methods of a socket that `pg` calls and a stream does not have. */
const socketMethods = {
  connect(this: Duplex) {
    process.nextTick(() => this.emit('connect'));
    return this;
  },
  setNoDelay: returnThis,
  setKeepAlive: returnThis,
  ref: returnThis,
  /** The engine's thread keeps the process alive, an idle client does not. */
  unref: returnThis,
};

function returnThis(this: Duplex): Duplex {
  return this;
}

/**
 * A connection that does not leave the process.
 *
 * A socket delivers a query and its answer in a later turn of the event loop each, and a turn of a busy loop takes 4 ms.
 */
export function connectInProcess(): { readonly client: Duplex; readonly server: Duplex } {
  const [client, server] = duplexPair();
  // The server may still answer after the client has ended its side.
  client.allowHalfOpen = false;
  client.once('close', () => server.destroy());
  server.once('close', () => client.destroy());
  return { client: Object.assign(client, socketMethods), server };
}
