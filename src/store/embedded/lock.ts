import { realpathSync } from 'node:fs';
import type { Acquired, Holder } from './holder.js';
import { acquireFileLock } from './lock-file.js';
import { acquireSocketLock } from './lock-socket.js';

/**
 * Takes the lock on `dataDir`, which must exist, or says who has it.
 *
 * PGlite takes none: two of them corrupt a directory without a word. On Linux the lock ends with its process, also on kill -9.
 */
export function acquireLock(dataDir: string, who: Holder): Promise<Acquired> {
  const directory = realpathSync(dataDir);
  return process.platform === 'linux' ? acquireSocketLock(directory, who) : acquireFileLock(directory, who);
}
