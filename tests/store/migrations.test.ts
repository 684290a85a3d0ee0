import { readdirSync } from 'node:fs';
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
  afterEach(() => database.query("delete from migration where name = '9999_from-the-future'"));

  it('applies every file in order to an empty database', async () => {
    const files = readdirSync(join(packageRoot(), 'migrations')).map((file) => file.replace('.sql', ''));
    expect(await applied()).toEqual(files.toSorted());
  });

  it('does nothing the second time', async () => {
    const before = await database.query('select * from migration');
    await migrate(database);
    expect(await database.query('select * from migration')).toEqual(before);
  });

  it('refuses a schema newer than the code and names the unknown migration', async () => {
    await database.query("insert into migration (name, run_on) values ('9999_from-the-future', now())");
    await expect(migrate(database)).rejects.toThrow(SchemaTooNew);
    await expect(migrate(database)).rejects.toThrow('9999_from-the-future');
  });

  it('stops every start on a newer schema', async () => {
    await database.query("insert into migration (name, run_on) values ('9999_from-the-future', now())");
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
