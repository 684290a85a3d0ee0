import { randomBytes } from 'node:crypto';
import { accessSync, constants, cpSync, statfsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { openEmbedded } from '../../src/store/embedded/index.js';
import { openDatabase } from '../../src/store/open.js';
import { openStores } from '../../src/store/stores.js';
import { seed } from './seed.js';

/** Creates a folder for the run and the databases that tests copy. Workers inherit the environment. */
export async function setup(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(fastestFolder(), 'vigie-tests-'));
  process.env.TMPDIR = folder;
  // From Node 22 on, a process that starts with it needs a tenth less processor time. Node 20 ignores it.
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
  const server = process.env.VIGIE_TEST_DATABASE_URL;
  if (server) {
    const template = await makeTemplate(server);
    process.env.VIGIE_TEST_SEEDED = template;
    return async () => {
      await onServer(server, `drop database ${template} with (force)`);
      await rm(folder, { recursive: true, force: true });
    };
  }
  const [empty, seeded] = [join(folder, 'empty'), join(folder, 'seeded')];
  await makeEmpty(empty);
  cpSync(empty, seeded, { recursive: true });
  await makeSeeded(undefined, seeded);
  process.env.VIGIE_TEST_EMPTY = empty;
  process.env.VIGIE_TEST_SEEDED = seeded;
  return () => rm(folder, { recursive: true, force: true });
}

const sharedMemory = '/dev/shm';
/** To copy a database (1 100 files, 40 MB) takes 1 CPU second on a disk, 0.1 in shared memory. */
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

async function makeEmpty(dataDir: string): Promise<void> {
  const embedded = await openEmbedded({ dataDir, command: 'vitest' });
  const client = new pg.Client(embedded.connection);
  await client.connect();
  await client.end();
  await embedded.close();
}

/** Copied for each file: its migrations would take two seconds every time. */
async function makeTemplate(server: string): Promise<string> {
  const name = `vigie_template_${randomBytes(6).toString('hex')}`;
  await onServer(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  await makeSeeded(url.href, tmpdir());
  return name;
}

async function onServer(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function makeSeeded(databaseUrl: string | undefined, dataDir: string): Promise<void> {
  const log = { info() {}, warn() {} };
  const database = await openDatabase({ databaseUrl, dataDir, command: 'vitest', exclusive: true, log });
  await seed(openStores(database));
  await database.close();
}
