import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { vacuumEmbedded } from '../../../src/service/jobs/embedded-vacuum.js';
import { EmbeddedVacuumStore } from '../../../src/store/embedded-vacuum.js';
import { onPostgres } from '../../support/database.js';
import { openOwnDatabase } from '../../support/own-database.js';

const rows = 20_000;

const { database } = await openOwnDatabase();

describe.skipIf(onPostgres)('the upkeep of the embedded database (PostgreSQL has autovacuum)', () => {
  const store = new EmbeddedVacuumStore(database);
  const vacuum = () => vacuumEmbedded(store, pino({ level: 'silent' }), new AbortController().signal);
  const fill = () =>
    database.query(`insert into change (kind, subject) select 'entry', gen_random_uuid() from generate_series(1, ${rows})`);
  const one = async (sql: string) => Number(Object.values((await database.query(sql))[0] ?? {})[0]);
  const bytes = () => one("select pg_relation_size('change')");

  it('gives the room of deleted rows to new ones', async () => {
    await fill();
    const once = await bytes();
    for (let time = 0; time < 3; time++) {
      await database.query('delete from change');
      await vacuum();
      await fill();
    }
    expect(await bytes()).toBeLessThanOrEqual(once * 1.1);
  });

  it('tells the planner how many rows there are', async () => {
    await vacuum();
    expect(await one("select reltuples from pg_class where relname = 'change'")).toBe(await one('select count(*) from change'));
  });

  it('leaves no table, of the system either, with transactions older than its own beginning', async () => {
    await database.query('set vacuum_freeze_min_age = 0');
    await database.query('set vacuum_freeze_table_age = 0');
    const began = await one('select txid_current()');
    await vacuum();
    const oldest =
      (await one('select txid_current()')) -
      (await one('select age(datfrozenxid) from pg_database where datname = current_database()'));
    expect(oldest).toBeGreaterThanOrEqual(began - 1);
  });
});
