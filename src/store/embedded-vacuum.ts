import type { Database } from './database.js';

const selectTables = `
  select c.oid::regclass::text as name from pg_class c where c.relkind in ('r', 'm') and c.relpersistence = 'p' order by c.relpages desc`;

/**
 * The embedded database has no autovacuum. Without this it never reuses space, has no planner statistics, and stops after 2 000 million
 * transactions (half a year at 100 per second).
 */
export class EmbeddedVacuumStore {
  constructor(private readonly database: Database) {}

  /** Includes system tables, because the oldest transaction of any table counts. */
  async tables(): Promise<string[]> {
    return (await this.database.query<{ name: string }>(selectTables)).map(({ name }) => name);
  }

  /** A table of a million rows takes a second. */
  async vacuum(table: string): Promise<void> {
    await this.database.query(`vacuum (analyze) ${table}`, [], 0);
  }
}
