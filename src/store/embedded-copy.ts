import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { Database } from './database.js';
import { copyCluster } from './embedded/cluster-copy.js';
import { openDetached } from './embedded/detached.js';

const checkpoint = 'checkpoint';
const selectRedo = 'select redo_lsn::text as redo from pg_control_checkpoint()';
const maxAttempts = 5;
const prefix = 'backup-';

/**
 * Gives `work` a copy of the embedded database in `dataDir`, as it was at one moment, and deletes the copy afterwards.
 *
 * A long transaction would make every other client wait. Here they wait for a checkpoint only. The copy needs as much disk as the
 * database.
 */
export async function withEmbeddedCopy<Result>(
  database: Database,
  dataDir: string,
  work: (copy: Database) => Promise<Result>,
): Promise<Result> {
  await deleteLeftCopies(dataDir);
  const place = join(dataDir, `${prefix}${process.pid}`);
  try {
    await copyAtOnce(database, join(dataDir, 'postgres'), place);
    const { inProcess, close } = openDetached(place);
    const pool = new pg.Pool({ ...inProcess, max: 1 });
    const copy = new Database(pool, true, close);
    return await work(copy).finally(() => copy.close());
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** A checkpoint during the copy, by another backup or a restart, removes the log that the copy needs. */
async function copyAtOnce(database: Database, from: string, place: string): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    await rm(place, { recursive: true, force: true });
    await mkdir(place, { mode: 0o700 });
    await database.query(checkpoint);
    const before = await redoOf(database);
    await copyCluster(from, join(place, 'postgres'));
    if ((await redoOf(database)) === before) return;
  }
  throw new Error(`the embedded database was restarted or backed up during each of ${maxAttempts} copies: try again later`);
}

async function redoOf(database: Database): Promise<string | undefined> {
  return (await database.query<{ redo: string }>(selectRedo))[0]?.redo;
}

/** Of backups that were killed. They would keep hashes that are withdrawn later. */
export async function deleteLeftCopies(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    const pid = Number(name.startsWith(prefix) ? name.slice(prefix.length) : Number.NaN);
    if (Number.isInteger(pid) && !isRunning(pid)) await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid !== process.pid;
  } catch (error) {
    // The process of another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
