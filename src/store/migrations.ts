import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { packageRoot } from '../package-root.js';
import { type Database, liftLimits } from './database.js';

const migrationsTable = 'migration';

export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
}

/** A schema older than the floor has no such table. */
async function floorOf(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ present: boolean }>("select to_regclass('schema_floor') is not null as present");
  if (!rows[0]?.present) return '';
  const floor = await pool.query<{ migration: string }>('select migration from schema_floor');
  return floor.rows[0]?.migration ?? '';
}

/**
 * True when there was anything to run. If not, the role needs no right to change the schema.
 *
 * @throws SchemaTooNew when the database has migrations that this code does not know, unless they say that it can run on them
 * (docs/decisions/0020-rolling-upgrade.md).
 */
export async function migrate({ pool, embedded }: Pick<Database, 'pool' | 'embedded'>): Promise<boolean> {
  const directory = join(packageRoot(), 'migrations');
  if (await isCurrent(pool, directory)) return false;
  // Its modules take 0.2 s of the processor, and a start seldom needs them.
  const { runner } = await import('node-pg-migrate');
  const client = await pool.connect();
  try {
    // A migration may rewrite a table, or wait for that of another service.
    if (!embedded) await client.query(liftLimits);
    await runner({
      dbClient: client,
      dir: directory,
      direction: 'up',
      migrationsTable,
      // A second service that starts at the same time waits.
      advisoryLockMode: 'wait',
      log: () => {},
    });
    return true;
  } finally {
    client.release(true);
  }
}

async function isCurrent(pool: Pool, directory: string): Promise<boolean> {
  const { rows } = await pool.query<{ present: boolean }>('select to_regclass($1) is not null as present', [migrationsTable]);
  if (!rows[0]?.present) return false;
  const known = new Set(readdirSync(directory).map((file) => file.replace(/\.sql$/, '')));
  const applied = await pool.query<{ name: string }>(`select name from ${migrationsTable} order by id`);
  const unknown = applied.rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return applied.rows.length === known.size;
  const hasAllKnown = applied.rows.length - unknown.length === known.size;
  if (hasAllKnown && known.has(await floorOf(pool))) return true;
  throw new SchemaTooNew(
    `the schema of the database is newer than this code: it has the unknown migration ${unknown.join(', ')}. Run the version of Vigie that wrote it, or a later one.`,
  );
}
