import { type Duplex, duplexPair } from 'node:stream';

/** Methods that `pg` calls and a stream does not have. */
const socketMethods = {
  connect(this: Duplex) {
    process.nextTick(() => this.emit('connect'));
    return this;
  },
  setNoDelay: returnThis,
  setKeepAlive: returnThis,
  ref: returnThis,
  /** The engine's thread keeps the process alive. */
  unref: returnThis,
};

function returnThis(this: Duplex): Duplex {
  return this;
}

/** A socket delivers each message in a later turn of the event loop, and a turn of a busy loop takes 4 ms. */
export function connectInProcess(): { readonly client: Duplex; readonly server: Duplex } {
  const [client, server] = duplexPair();
  client.allowHalfOpen = false;
  client.once('close', () => server.destroy());
  server.once('close', () => client.destroy());
  return { client: Object.assign(client, socketMethods), server };
}
