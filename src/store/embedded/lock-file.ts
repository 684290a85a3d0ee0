import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LockAttempt, type LockHolder, lockHolder } from './lock-holder.js';

const attempts = 5;

/**
 * For systems without abstract sockets: a file that names its holder, linked so that nobody reads half of it.
 *
 * The lock stays taken if another process reuses the number of a crashed holder. Deleting the file frees it.
 */
export async function acquireFileLock(directory: string, self: LockHolder): Promise<LockAttempt> {
  const path = join(directory, 'vigie.lock');
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (tryLink(path, self)) return { lock: { release: async () => rmSync(path, { force: true }) } };
    const heldBy = readHolder(path);
    if (heldBy && isAlive(heldBy.pid)) return { heldBy };
    if (heldBy) removeStale(path, heldBy);
  }
  throw new Error(`${path} is unreadable or changes too often: delete it if no vigie process is running`);
}

function tryLink(path: string, self: LockHolder): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(self)}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(path: string): LockHolder | undefined {
  try {
    return lockHolder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** EPERM: the process is alive and belongs to another user. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** A lock that another process took meanwhile goes back. */
function removeStale(path: string, stale: LockHolder): void {
  const aside = `${path}.void.${process.pid}`;
  try {
    renameSync(path, aside);
    const moved = readHolder(aside);
    if (moved && (moved.pid !== stale.pid || moved.since !== stale.since)) linkSync(aside, path);
  } catch {
    // Another process was faster.
  } finally {
    rmSync(aside, { force: true });
  }
}
