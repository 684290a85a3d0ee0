/** A proxy in front of PostgreSQL that imitates a network fault. */
import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

export interface CutProxy {
  readonly url: string;
  /** Ends every connection and refuses new ones until `mend`. */
  cut(): void;
  /** Drops every byte, also of new connections, and ends none. `mend` lets new connections pass; the old ones stay lost. */
  swallow(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startCutProxy(databaseUrl: string): Promise<CutProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let pairs: { lost: boolean }[] = [];
  let isCut = false;
  let isSwallowing = false;
  const server = createServer((near) => {
    if (isCut) {
      near.destroy();
      return;
    }
    const pair = { lost: isSwallowing };
    pairs.push(pair);
    const far = createConnection({ host: target.hostname, port: Number(target.port || 5432) });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        if (!pair.lost) other.destroy();
      });
      socket.on('data', (bytes) => {
        if (!pair.lost) other.write(bytes);
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(typeof address === 'object' && address ? address.port : 0);
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: url.href,
    cut() {
      isCut = true;
      dropAll();
    },
    swallow() {
      isSwallowing = true;
      for (const pair of pairs) pair.lost = true;
      pairs = [];
    },
    mend() {
      isCut = false;
      isSwallowing = false;
    },
    async close() {
      dropAll();
      server.close();
      await once(server, 'close');
    },
  };
}
