import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { vigieJson } from './cli.js';
import { Client } from './client.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { photograph, scene } from './images.js';
import { startTestService, type TestService } from './service.js';

export interface BackedUp {
  /** Runs, with photographs 1 (`entry`) and 2, and 3 withdrawn. */
  readonly source: TestService;
  readonly client: Client;
  readonly entry: string;
  readonly file: string;
  readonly folder: string;
  /** With the data key of the backup. */
  emptyDatabase(): Promise<TestDatabase>;
}

/** An edited copy of photograph 1. */
export const editedCopy = async () => (await scene(1)).rotate(90).jpeg({ quality: 60 }).toBuffer();

export function useBackup(): () => BackedUp {
  let made: BackedUp | undefined;
  const databases: TestDatabase[] = [];
  beforeAll(async () => {
    made = await backUp(databases);
  });
  afterAll(async () => {
    await made?.source.stop();
    for (const database of databases) await database.drop();
    if (made) await rm(made.folder, { recursive: true, force: true });
  });
  return () => {
    if (!made) throw new Error('the backup exists only inside tests and hooks');
    return made;
  };
}

async function backUp(databases: TestDatabase[]): Promise<BackedUp> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-backup-'));
  const file = join(folder, 'whole.backup');
  const source = await startTestService();
  const { env } = source.database;
  databases.push(source.database);
  const client = new Client(source.url);
  const { id: entry } = await client.enrol(await photograph(1));
  await client.enrol(await photograph(2), 'illegal');
  const gone = await client.enrol(await photograph(3));
  await client.withdraw(gone.id);
  await vigieJson(['backup', file], env);
  const emptyDatabase = async () => {
    const database = await createTestDatabase({ empty: true });
    databases.push(database);
    await copyFile(join(env.VIGIE_DATA_DIR, 'secret.key'), join(database.env.VIGIE_DATA_DIR, 'secret.key'));
    return database;
  };
  return { source, client, entry, file, folder, emptyDatabase };
}
