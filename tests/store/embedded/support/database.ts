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

export async function openAsOwner(dataDir: string, options: Partial<EmbeddedOptions> = {}): Promise<Owner> {
  const embedded = await openEmbedded({ dataDir, command: 'vigie serve', ...options });
  if (embedded.kind !== 'owner') throw new Error(`${dataDir} is in use by process ${embedded.heldBy.pid}`);
  return embedded;
}

/** A pool that ignores lost connections, like that of the store. */
export function poolOf({ connection }: { connection: pg.PoolConfig }, max = 4): pg.Pool {
  const pool = new pg.Pool({ ...connection, max });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** A socket after the startup exchange. */
export async function rawClient({ connection }: { connection: Owner['connection'] | Owner['inProcess'] }): Promise<Duplex> {
  const socket = 'stream' in connection ? connection.stream() : createConnection(`${connection.host}/.s.PGSQL.5432`);
  socket.write(startup('postgres', 'postgres'));
  await once(socket, 'data');
  return socket;
}

/** Needs no pause: each failed attempt takes time. */
export async function queryUntilAnswered(pool: pg.Pool, text: string): Promise<pg.QueryResult> {
  for (;;) {
    try {
      return await pool.query(text);
    } catch (error) {
      if (!/terminated|stopped/.test(String(error))) throw error;
    }
  }
}
