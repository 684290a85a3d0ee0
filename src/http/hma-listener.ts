import { createServer, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { BoundKeys } from './hooks/bound-keys.js';

export interface HmaListener {
  readonly url: string;
  /** Takes no more connections. Resolves when the last one has ended. */
  close(): Promise<void>;
}

/**
 * A second port for clients of HMA that can send no key: every request on it acts with `key`. Its connections go to the server of the
 * API, so that they have the same limits. Nothing but the HMA API answers there.
 */
export async function listenForHma(
  app: FastifyInstance,
  boundKeys: BoundKeys,
  { host, port, key }: { readonly host: string; readonly port: number; readonly key: string },
): Promise<HmaListener> {
  const take = (socket: Socket) => {
    boundKeys.bind(socket, key);
    app.server.emit('connection', socket);
  };
  // As node:http does for its own connections.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, take);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const address = server.address();
  const bound = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
