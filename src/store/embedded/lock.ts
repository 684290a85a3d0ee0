import { realpathSync } from 'node:fs';
import { acquireFileLock } from './lock-file.js';
import type { LockAttempt, LockHolder } from './lock-holder.js';
import { acquireSocketLock } from './lock-socket.js';

/**
 * PGlite takes no lock, and two of them silently corrupt a directory. On Linux the lock ends with its process, even after kill -9.
 */
export function acquireLock(dataDir: string, self: LockHolder): Promise<LockAttempt> {
  const directory = realpathSync(dataDir);
  return process.platform === 'linux' ? acquireSocketLock(directory, self) : acquireFileLock(directory, self);
}
