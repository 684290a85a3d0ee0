import { realpathSync } from 'node:fs';
import { acquireFileLock } from './lock-file.js';
import type { LockAttempt, LockHolder } from './lock-holder.js';
import { acquireSocketLock } from './lock-socket.js';

/**
 * Takes the lock on `dataDir`, which must exist, or says who holds it.
 *
 * PGlite takes no lock: two of them corrupt a directory silently. On Linux the lock ends with its process, even after kill -9.
 */
export function acquireLock(dataDir: string, self: LockHolder): Promise<LockAttempt> {
  const directory = realpathSync(dataDir);
  return process.platform === 'linux' ? acquireSocketLock(directory, self) : acquireFileLock(directory, self);
}
