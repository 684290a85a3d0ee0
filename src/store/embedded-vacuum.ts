import type { Database } from './database.js';

const selectTables = `
  select c.oid::regclass::text as name from pg_class c where c.relkind in ('r', 'm') and c.relpersistence = 'p' order by c.relpages desc`;

/**
 * What autovacuum does for a PostgreSQL. The embedded database has no background processes: without this the room of deleted rows is never used
 * again, its planner knows no statistics, and after two thousand million transactions it takes no more (a good half year at a hundred a second).
 */
export class EmbeddedVacuumStore {
  constructor(private readonly database: Database) {}

  /** All tables, its own among them: the oldest transaction of any of them counts. */
  async tables(): Promise<string[]> {
    return (await this.database.query<{ name: string }>(selectTables)).map(({ name }) => name);
  }

  /** Frees the room of deleted rows and takes statistics; a table of a million rows takes a second. `table`: as `tables` names it. */
  async vacuum(table: string): Promise<void> {
    await this.database.query(`vacuum (analyze) ${table}`, [], 0);
  }
}
