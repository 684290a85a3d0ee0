/** Prepares what every test file shares: a migrated, seeded embedded database that each test copies instead of making its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../src/store/open.js';
import { openStores } from '../../src/store/stores.js';
import { seed } from './seed.js';

export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.VIGIE_TEST_DATABASE_URL) return undefined;
  const dataDir = await mkdtemp(join(tmpdir(), 'vigie-template-'));
  const log = { info() {}, warn() {} };
  const database = await openDatabase({ databaseUrl: undefined, dataDir, command: 'vitest', exclusive: true, log });
  await seed(openStores(database));
  await database.close();
  // Read by tests/support/database.ts in the worker processes, which inherit this environment.
  process.env.VIGIE_TEST_TEMPLATE = dataDir;
  return () => rm(dataDir, { recursive: true, force: true });
}
