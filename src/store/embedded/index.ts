import { chmodSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Engine, type Log } from './engine.js';
import { registerGuest } from './guest-registration.js';
import { acquireLock } from './lock.js';
import type { Lock, LockHolder } from './lock-holder.js';
import { type DatabaseServer, listen } from './server.js';
import { socketPath } from './socket-path.js';

export type { Log } from './engine.js';
export type { LockHolder } from './lock-holder.js';

export interface EmbeddedOptions {
  /** Its mode becomes 0700, because there is no password. */
  readonly dataDir: string;
  /** Shown to others, e.g. `vigie serve`. */
  readonly command: string;
  readonly log?: Log;
  /**
   * With this, `close` waits for all guests, and calls it after a second of waiting. Without it, `close` disconnects idle guests at once.
   */
  readonly onWait?: (() => void) | undefined;
  /** Maximum silence inside a transaction, 60 000 ms by default. */
  readonly silenceMs?: number;
}

/** Port and ssl are set so that PGPORT and PGSSLMODE cannot change them. */
export interface ConnectionSettings {
  readonly host: string;
  readonly port: 5432;
  readonly user: 'postgres';
  readonly database: 'postgres';
  readonly ssl: false;
}

/** End your pools before `close`. */
export interface Owner {
  readonly kind: 'owner';
  readonly connection: ConnectionSettings;
  /** Without a socket, for this process only. */
  readonly inProcess: ConnectionSettings & { readonly stream: () => Duplex };
  close(): Promise<void>;
}

export interface Guest {
  readonly kind: 'guest';
  readonly heldBy: LockHolder;
  readonly connection: ConnectionSettings;
  close(): Promise<void>;
}

const openMs = 15_000;
const closeMs = 10_000;
const retryMs = 50;
const silentWaitMs = 1_000;

/**
 * Runs the database in `dataDir`, or connects to the process that runs it.
 *
 * All clients share one PostgreSQL session: use no named statements and only `set local`. Advisory locks exclude nobody, and an open
 * transaction makes all other clients wait. COPY FROM STDIN fails with 0A000. Cancel requests are ignored.
 */
export async function openEmbedded(options: EmbeddedOptions): Promise<Owner | Guest> {
  const dataDir = resolve(options.dataDir);
  const path = socketPath(dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  chmodSync(dataDir, 0o700);
  const connection = { host: dataDir, port: 5432, user: 'postgres', database: 'postgres', ssl: false } as const;
  const self = { pid: process.pid, command: options.command, since: new Date().toISOString() };
  const deadline = Date.now() + openMs;
  for (;;) {
    const acquired = await acquireLock(dataDir, self);
    if ('lock' in acquired) return own({ ...options, dataDir }, path, acquired.lock, connection);
    const { heldBy } = acquired;
    const registration = await registerGuest(path);
    if (registration) return { kind: 'guest', heldBy, connection, close: async () => registration.end() };
    if (Date.now() > deadline) throw new Error(notOpened(dataDir, heldBy));
    await pause(retryMs);
  }
}

async function own(options: EmbeddedOptions, path: string, lock: Lock, connection: ConnectionSettings): Promise<Owner> {
  const engine = new Engine(options.dataDir, options.log);
  try {
    await engine.thread();
    const { silenceMs } = options;
    const server = await listen({ path, engine, ...(silenceMs === undefined ? {} : { silenceMs }) });
    options.log?.info({ dataDir: options.dataDir }, 'embedded database open');
    return {
      kind: 'owner',
      connection,
      inProcess: { ...connection, stream: () => server.connect() },
      async close() {
        if (options.onWait) await untilVacated(server, options.onWait);
        await server.close(closeMs);
        await engine.close(closeMs);
        await lock.release();
      },
    };
  } catch (error) {
    await engine.close(closeMs);
    await lock.release();
    throw error;
  }
}

async function untilVacated(server: DatabaseServer, onWait: () => void): Promise<void> {
  const timer = setTimeout(onWait, silentWaitMs);
  await server.vacated();
  clearTimeout(timer);
}

function notOpened(dataDir: string, { pid, command, since }: LockHolder): string {
  return `${dataDir} is in use by "${command}" (process ${pid}, since ${since}), which did not open the database within ${openMs} ms: stop that process and try again`;
}
