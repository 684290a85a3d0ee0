import type { Duplex } from 'node:stream';
import { Connection } from './connection.js';
import { Engine } from './engine.js';
import { connectInProcess } from './in-process.js';
import type { ConnectionSettings } from './index.js';

const closeMs = 10_000;

/** An embedded database without lock and socket, for a directory that nobody else knows. */
export function openDetached(dataDir: string): {
  readonly inProcess: ConnectionSettings & { readonly stream: () => Duplex };
  close(): Promise<void>;
} {
  const engine = new Engine(dataDir);
  const stream = () => {
    const { client, server } = connectInProcess();
    void new Connection(server, engine).serve();
    return client;
  };
  const settings = { host: dataDir, port: 5432, user: 'postgres', database: 'postgres', ssl: false } as const;
  return { inProcess: { ...settings, stream }, close: () => engine.close(closeMs) };
}
