import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import type { Pool } from 'pg';
import { packageRoot } from '../package-root.js';

const migrationsTable = 'migration';

export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew';
}

/**
 * Brings the schema to what this code needs, by the numbered SQL of `migrations/`; gives whether there was anything to do. Where there is
 * not, a role that may not change the schema is good enough.
 *
 * @throws SchemaTooNew when the database has migrations this code does not know: a newer Vigie has written there.
 */
export async function migrate(pool: Pool): Promise<boolean> {
  const directory = join(packageRoot(), 'migrations');
  if (await isCurrent(pool, directory)) return false;
  const client = await pool.connect();
  try {
    await runner({
      dbClient: client,
      dir: directory,
      direction: 'up',
      migrationsTable,
      // Two services starting on one PostgreSQL: the second waits for the first.
      advisoryLockMode: 'wait',
      log: () => {},
    });
    return true;
  } finally {
    client.release();
  }
}

/** True when nothing is left to apply. @throws SchemaTooNew. */
async function isCurrent(pool: Pool, directory: string): Promise<boolean> {
  const { rows } = await pool.query<{ present: boolean }>('select to_regclass($1) is not null as present', [migrationsTable]);
  if (!rows[0]?.present) return false;
  const known = new Set(readdirSync(directory).map((file) => file.replace(/\.sql$/, '')));
  const applied = await pool.query<{ name: string }>(`select name from ${migrationsTable} order by id`);
  const unknown = applied.rows.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return applied.rows.length === known.size;
  throw new SchemaTooNew(
    `the database's schema is newer than this code: it has ${unknown.join(', ')}, unknown here. Run the version of Vigie that wrote it, or a later one.`,
  );
}
