import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Acquired, type Holder, holder } from './holder.js';

const attempts = 5;

/**
 * The lock where there are no abstract sockets: a file that names its holder, void when that process is gone.
 *
 * The file appears whole (written beside, then linked), so a reader never sees half of it. A number reused by another process
 * after a crash keeps the lock taken: the message names the process, and deleting the file frees it.
 */
export async function acquireFileLock(directory: string, who: Holder): Promise<Acquired> {
  const path = join(directory, 'vigie.lock');
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (tryLink(path, who)) return { lock: { release: async () => rmSync(path, { force: true }) } };
    const heldBy = readHolder(path);
    if (heldBy && isAlive(heldBy.pid)) return { heldBy };
    if (heldBy) clear(path, heldBy);
  }
  throw new Error(`${path} changes hands too often or cannot be read: delete it when no vigie process runs`);
}

function tryLink(path: string, who: Holder): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(who)}\n`, { mode: 0o600 });
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

function readHolder(path: string): Holder | undefined {
  try {
    return holder.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Signal 0 only asks; EPERM is the answer of a living process that belongs to somebody else. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Moves a void lock away; one that somebody else has put there in the meantime goes back. */
function clear(path: string, stale: Holder): void {
  const aside = `${path}.void.${process.pid}`;
  try {
    renameSync(path, aside);
    const moved = readHolder(aside);
    if (moved && (moved.pid !== stale.pid || moved.since !== stale.since)) linkSync(aside, path);
  } catch {
    // Somebody else was faster: the next attempt sees what there is.
  } finally {
    rmSync(aside, { force: true });
  }
}
