import { EventEmitter, once } from 'node:events';
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { Duplex } from 'node:stream';
import { Connection } from './connection.js';
import type { Engine } from './engine.js';
import { connectInProcess } from './in-process.js';

export interface DatabaseServer {
  /** The client's end of a new connection from this process. */
  connect(): Duplex;
  /** Resolves when there is no client. */
  vacated(): Promise<void>;
  /** Gives open transactions `deadline` ms to finish. */
  close(deadline: number): Promise<void>;
}

export interface ServerOptions {
  readonly path: string;
  readonly engine: Engine;
  readonly silenceMs?: number;
}

interface Client {
  readonly socket: Duplex;
  readonly served: Promise<void>;
}

/** Listens on the unix socket `path`. The caller holds the lock, so a file at `path` is a leftover. */
export async function listen({ path, engine, silenceMs }: ServerOptions): Promise<DatabaseServer> {
  const clients = new Map<Connection, Client>();
  const departures = new EventEmitter<{ departure: [] }>();
  const serve = (socket: Duplex) => {
    const client = new Connection(socket, engine, silenceMs);
    const depart = () => {
      clients.delete(client);
      departures.emit('departure');
    };
    clients.set(client, { socket, served: client.serve().then(depart) });
  };
  engine.on('lost', () => {
    for (const client of clients.keys()) client.drop();
  });
  // Half-open: a client may end its side after the last query.
  const server = createServer({ allowHalfOpen: true }, serve);
  rmSync(path, { force: true });
  server.listen(path);
  await once(server, 'listening');
  return {
    connect() {
      const { client, server: end } = connectInProcess();
      serve(end);
      return client;
    },
    async vacated() {
      while (clients.size > 0) await once(departures, 'departure');
    },
    close: (deadline) => close(server, clients, deadline),
  };
}

async function close(server: Server, clients: ReadonlyMap<Connection, Client>, deadline: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  for (const client of clients.keys()) client.close();
  const timer = setTimeout(() => {
    for (const { socket } of clients.values()) socket.destroy();
  }, deadline);
  await Promise.all([closed, ...[...clients.values()].map(({ served }) => served)]);
  clearTimeout(timer);
}
