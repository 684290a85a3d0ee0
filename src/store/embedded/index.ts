import { chmodSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Engine, type Log } from './engine.js';
import type { Holder, Lock } from './holder.js';
import { acquireLock } from './lock.js';
import { announce } from './presence.js';
import { type DatabaseServer, listen } from './server.js';
import { socketPath } from './socket-path.js';

export type { Log } from './engine.js';
export type { Holder } from './holder.js';

export interface EmbeddedOptions {
  /** Made when missing; 0700 afterwards. No password is asked, so the directory is what keeps others out. */
  readonly dataDir: string;
  /** What others are told when they find the directory taken, e.g. `vigie serve`. */
  readonly command: string;
  readonly log?: Log;
  /**
   * For an owner that others may outlast: its `close` waits until no guest is there, and calls this when that takes longer than a
   * second. Absent: `close` ends idle guests at once, as a server's stop must.
   */
  readonly onWait?: (() => void) | undefined;
  /** Ends a client that keeps a transaction open and silent for longer (ms, 60 000 by default): everybody else waits for it. */
  readonly silenceMs?: number;
}

/** For `new pg.Pool(connection)`. Port and ssl are said so that PGPORT and PGSSLMODE cannot change them. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: 5432;
  readonly user: 'postgres';
  readonly database: 'postgres';
  readonly ssl: false;
}

/** This process runs the database. End your own pools before `close`. */
export interface Owner {
  readonly kind: 'owner';
  readonly connection: ConnectionSettings;
  /** The same for this process alone, without a socket. */
  readonly inProcess: ConnectionSettings & { readonly stream: () => Duplex };
  close(): Promise<void>;
}

/** Another process runs the database; when that one is stopped or killed it is gone. */
export interface Guest {
  readonly kind: 'guest';
  readonly heldBy: Holder;
  readonly connection: ConnectionSettings;
  close(): Promise<void>;
}

/** A holder's first start takes 2-5 s. */
const arrivalMs = 15_000;
const departureMs = 10_000;
const retryMs = 50;
/** A command's own time is shorter; after this its user wonders. */
const silentWaitMs = 1_000;

/**
 * Opens the database in `dataDir`: runs it, or finds the process that does.
 *
 * All clients share one PostgreSQL session: no named statements, `set local` only, advisory locks exclude nobody, and an open
 * transaction makes everybody else wait. COPY FROM STDIN is refused (0A000), cancel requests are ignored.
 *
 * Throws when the socket path is too long, when the database cannot be opened, or when a holder does not come up in 15 s.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Owner | Guest> {
  const dataDir = resolve(options.dataDir);
  const path = socketPath(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const connection = { host: dataDir, port: 5432, user: 'postgres', database: 'postgres', ssl: false } as const;
  const who = { pid: process.pid, command: options.command, since: new Date().toISOString() };
  const deadline = Date.now() + arrivalMs;
  for (;;) {
    const acquired = await acquireLock(dataDir, who);
    if ('lock' in acquired) return own({ ...options, dataDir }, path, acquired.lock, connection);
    const { heldBy } = acquired;
    const presence = await announce(path);
    if (presence) return { kind: 'guest', heldBy, connection, close: async () => presence.takeBack() };
    if (Date.now() > deadline) throw new Error(absence(dataDir, heldBy));
    await pause(retryMs);
  }
}

async function own(options: EmbeddedOptions, path: string, lock: Lock, connection: ConnectionSettings): Promise<Owner> {
  const engine = new Engine(options.dataDir, options.log);
  try {
    await engine.session();
    const { silenceMs } = options;
    const server = await listen({ path, engine, ...(silenceMs === undefined ? {} : { silenceMs }) });
    options.log?.info({ dataDir: options.dataDir }, 'embedded database open');
    return {
      kind: 'owner',
      connection,
      inProcess: { ...connection, stream: () => server.connect() },
      async close() {
        if (options.onWait) await untilVacated(server, options.onWait);
        await server.close(departureMs);
        await engine.close(departureMs);
        await lock.release();
      },
    };
  } catch (error) {
    await engine.close(departureMs);
    await lock.release();
    throw error;
  }
}

async function untilVacated(server: DatabaseServer, onWait: () => void): Promise<void> {
  const timer = setTimeout(onWait, silentWaitMs);
  await server.vacated();
  clearTimeout(timer);
}

function absence(dataDir: string, { pid, command, since }: Holder): string {
  return `${dataDir} is held by ${command} (process ${pid}, since ${since}), which did not open its database within ${arrivalMs} ms`;
}
