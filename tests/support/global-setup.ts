/** Makes what all test files share: a folder for their files, and the seeded embedded database that they copy. */
import { accessSync, constants, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/open.js';
import { openStores } from '../../src/store/stores.js';
import { seed } from './seed.js';

/** The worker processes of vitest inherit the environment that this function sets. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(fastestFolder(), 'vigie-tests-'));
  process.env.TMPDIR = folder;
  if (!process.env.VIGIE_TEST_DATABASE_URL) process.env.VIGIE_TEST_TEMPLATE = await makeTemplate(join(folder, 'template'));
  return () => rm(folder, { recursive: true, force: true });
}

const sharedMemory = '/dev/shm';
/** A data directory of the embedded database has 1 100 files and 40 MB; copying one takes 1 CPU second on a disk, 0.1 in memory. */
const roomForDatabases = 2 * 2 ** 30;

function fastestFolder(): string {
  try {
    accessSync(sharedMemory, constants.W_OK);
    const { bavail, bsize } = statfsSync(sharedMemory);
    return bavail * bsize >= roomForDatabases ? sharedMemory : tmpdir();
  } catch {
    return tmpdir();
  }
}

async function makeTemplate(dataDir: string): Promise<string> {
  const log = { info() {}, warn() {} };
  const database = await openDatabase({ databaseUrl: undefined, dataDir, command: 'vitest', exclusive: true, log });
  await seed(openStores(database));
  await database.close();
  return dataDir;
}
