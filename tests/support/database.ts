import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Database } from '../../src/store/database.js';
import { openDatabase } from '../../src/store/open.js';
import { openStores, type Stores } from '../../src/store/stores.js';

// Shells and CI files write an empty string for "not set".
const server = process.env.VIGIE_TEST_DATABASE_URL || undefined;

export const onPostgres = server !== undefined;

export interface TestDatabase {
  /** Settings of the service. */
  readonly env: { readonly VIGIE_DATA_DIR: string; readonly DATABASE_URL?: string; readonly VIGIE_MIGRATION_URL?: string };
  drop(): Promise<void>;
}

export interface Content {
  /** True: no schema. `'first start'`: not even a database. False: seeded (seed.ts). */
  readonly empty?: boolean | 'first start';
}

/** Copies an embedded database, or creates one on the PostgreSQL of VIGIE_TEST_DATABASE_URL. */
export async function createTestDatabase({ empty = false }: Content = {}): Promise<TestDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), 'vigie-'));
  const remove = () => rm(dataDir, { recursive: true, force: true });
  if (!server) {
    const template = empty ? process.env.VIGIE_TEST_EMPTY : process.env.VIGIE_TEST_SEEDED;
    if (!template) throw new Error('tests/support/global-setup.ts has not run');
    // An asynchronous copy takes four times the CPU time.
    if (empty !== 'first start') cpSync(template, dataDir, { recursive: true });
    return { env: { VIGIE_DATA_DIR: dataDir }, drop: remove };
  }
  const name = `vigie_test_${randomBytes(6).toString('hex')}`;
  // Its migrations and rows (global-setup.ts).
  await administer(server, `create database ${name}${empty ? '' : ` template ${process.env.VIGIE_TEST_SEEDED}`}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const env = { VIGIE_DATA_DIR: dataDir, DATABASE_URL: url.href };
  const drop = async () => {
    await administer(server, `drop database if exists ${name} with (force)`);
    await remove();
  };
  return { env, drop };
}

export async function openTestDatabase({ env }: TestDatabase): Promise<{ database: Database; stores: Stores }> {
  const database = await openDatabase({
    databaseUrl: env.DATABASE_URL,
    migrationUrl: env.VIGIE_MIGRATION_URL,
    dataDir: env.VIGIE_DATA_DIR,
    command: 'vitest',
    exclusive: false,
    log: { info() {}, warn() {} },
  });
  return { database, stores: openStores(database) };
}

export async function sqlOnServer(sql: string): Promise<void> {
  if (!server) throw new Error('this run has no PostgreSQL: VIGIE_TEST_DATABASE_URL is not set');
  await administer(server, sql);
}

async function administer(connectionString: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
