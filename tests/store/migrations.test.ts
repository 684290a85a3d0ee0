import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { migrate, SchemaTooNew } from '../../src/store/migrations.js';
import { createTestDatabase, onPostgres, openTestDatabase } from '../support/database.js';
import { openOwnDatabase } from '../support/own-database.js';

const { database, test } = await openOwnDatabase({ empty: true });
const applied = async () =>
  (await database.query<{ name: string }>('select name from migration order by id')).map(({ name }) => name);

describe('migrate', () => {
  afterEach(async () => {
    await database.query("delete from migration where name = '9999_from-the-future'");
    await database.query('update schema_floor set migration = $1', ['0016_leader-and-schema-floor']);
  });
  const raiseFloor = () => database.query("update schema_floor set migration = '9999_from-the-future'");

  it('applies every file in order to an empty database', async () => {
    const files = readdirSync(join(packageRoot(), 'migrations')).map((file) => file.replace('.sql', ''));
    expect(await applied()).toEqual(files.toSorted());
  });

  it('does nothing the second time', async () => {
    const before = await database.query('select * from migration');
    await migrate(database);
    expect(await database.query('select * from migration')).toEqual(before);
  });

  it('accepts a newer schema on which this version can run', async () => {
    await database.query("insert into migration (name, run_on) values ('9999_from-the-future', now())");
    expect(await migrate(database)).toBe(false);
    await (await openTestDatabase(test)).database.close();
  });

  it('refuses a newer schema on which this version cannot run, and names the unknown migration', async () => {
    await database.query("insert into migration (name, run_on) values ('9999_from-the-future', now())");
    await raiseFloor();
    await expect(migrate(database)).rejects.toThrow(SchemaTooNew);
    await expect(migrate(database)).rejects.toThrow('9999_from-the-future');
  });

  it('stops every start on such a schema', async () => {
    await database.query("insert into migration (name, run_on) values ('9999_from-the-future', now())");
    await raiseFloor();
    await expect(openTestDatabase(test)).rejects.toThrow(SchemaTooNew);
  });

  it.skipIf(!onPostgres)('runs once when two services start on one database', async () => {
    const empty = await createTestDatabase({ empty: true });
    const opened = await Promise.all([openTestDatabase(empty), openTestDatabase(empty)]);
    const rows = await opened[0]?.database.query('select name from migration');
    expect(rows?.length).toBe((await applied()).length);
    for (const one of opened) await one.database.close();
    await empty.drop();
  });
});

it('every migration after 0016 says whether older versions can run on it', () => {
  const directory = join(packageRoot(), 'migrations');
  for (const file of readdirSync(directory).filter((name) => name >= '0017')) {
    const sql = readFileSync(join(directory, file), 'utf8');
    const raises = sql.includes(`update schema_floor set migration = '${file.replace('.sql', '')}'`);
    expect(sql).toMatch(raises ? /^-- older versions: cannot run/m : /^-- older versions: can run/m);
  }
});
