/**
 * Copies the files of a running embedded database.
 *
 * As in PostgreSQL's base backups, files may change while they are copied: on its first start the copy replays the log since the last
 * checkpoint, which holds every page that changed. So the control file, which names that checkpoint, is copied first and the log last.
 */
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const controlFile = join('global', 'pg_control');
const log = 'pg_wal';
const left = new Set([controlFile, log, 'postmaster.pid']);

export async function copyCluster(from: string, to: string): Promise<void> {
  await mkdir(join(to, 'global'), { recursive: true, mode: 0o700 });
  await copyFile(join(from, controlFile), join(to, controlFile));
  await copyFolder(from, to, '');
  await mkdir(join(to, log), { recursive: true, mode: 0o700 });
  await copyFolder(from, to, log);
}

async function copyFolder(from: string, to: string, folder: string): Promise<void> {
  for (const entry of await readdir(join(from, folder), { withFileTypes: true })) {
    const name = join(folder, entry.name);
    if (left.has(name)) continue;
    if (entry.isDirectory()) {
      await mkdir(join(to, name), { recursive: true, mode: 0o700 });
      await copyFolder(from, to, name);
    } else await copyFile(join(from, name), join(to, name), constants.COPYFILE_FICLONE).catch(unlessDeleted);
  }
}

/** A table that was dropped meanwhile. */
function unlessDeleted(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
