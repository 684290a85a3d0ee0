import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { type EmbeddedOptions, type Owner, openEmbedded } from '../../../../src/store/embedded/index.js';
import { startup } from '../../../../src/store/embedded/protocol.js';

export interface Directory {
  readonly path: string;
  remove(): void;
}

export function temporaryDirectory(): Directory {
  const path = mkdtempSync(join(tmpdir(), 'vigie-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Opens `dataDir` and insists on running it. */
export async function openAsOwner(dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<Owner> {
  const embedded = await openEmbedded({ dataDir, command: 'vigie serve', ...options });
  if (embedded.kind !== 'owner') throw new Error(`${dataDir} is held by process ${embedded.heldBy.pid}`);
  return embedded;
}

/** A pool as the store makes it: connections lost while nobody looks are its own business. */
export function poolOf({ connection }: { connection: pg.PoolConfig }, max = 4): pg.Pool {
  const pool = new pg.Pool({ ...connection, max });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** A client that writes its own protocol bytes; it has been greeted. */
export async function rawClient({ connection }: { connection: Owner['connection'] | Owner['inProcess'] }): Promise<Duplex> {
  const socket = 'stream' in connection ? connection.stream() : createConnection(`${connection.host}/.s.PGSQL.5432`);
  socket.write(startup('postgres', 'postgres'));
  await once(socket, 'data');
  return socket;
}

/** Asks until the pool has an answer: each refusal is an event of its own, so there is nothing to wait for in between. */
export async function queryUntilAnswered(pool: pg.Pool, text: string): Promise<pg.QueryResult> {
  for (;;) {
    try {
      return await pool.query(text);
    } catch (error) {
      if (!/terminated|stopped/.test(String(error))) throw error;
    }
  }
}
