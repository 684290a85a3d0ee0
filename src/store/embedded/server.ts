import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { Connection } from './connection.js';
import type { Engine } from './engine.js';

export interface DatabaseServer {
  /** Stops accepting and ends clients as they become idle; those in a transaction have `deadline` ms to finish. */
  close(deadline: number): Promise<void>;
}

export interface ServerOptions {
  readonly path: string;
  readonly engine: Engine;
  /** How long a client may be silent inside a transaction, ms. */
  readonly silenceMs?: number;
}

/** Speaks PostgreSQL's protocol on the unix socket `path`. The caller holds the lock, so what lies at `path` is left over. */
export async function listen({ path, engine, silenceMs }: ServerOptions): Promise<DatabaseServer> {
  const clients = new Map<Connection, Socket>();
  engine.on('lost', () => {
    for (const client of clients.keys()) client.drop();
  });
  // Half-open: a client that ends its side after the last query still gets the answer.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const client = new Connection(socket, engine, silenceMs);
    clients.set(client, socket);
    void client.serve().then(() => clients.delete(client));
  });
  rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  return { close: (deadline) => close(server, clients, deadline) };
}

/** Closing the server also removes the socket file. */
async function close(server: Server, clients: ReadonlyMap<Connection, Socket>, deadline: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  for (const client of clients.keys()) client.leave();
  const timer = setTimeout(() => {
    for (const socket of clients.values()) socket.destroy();
  }, deadline);
  await closed;
  clearTimeout(timer);
}
