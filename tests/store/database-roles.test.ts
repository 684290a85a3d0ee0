import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { Sealer } from '../../src/service/audit-log/sealer.js';
import { AuditStore, appendAct } from '../../src/store/audit.js';
import type { Database } from '../../src/store/database.js';
import { mayAlterAudit } from '../../src/store/database-roles.js';
import { openDatabase } from '../../src/store/open.js';
import { createTestDatabase, onPostgres, openTestDatabase, type TestDatabase } from '../support/database.js';
import { createTwoRoles, type TwoRoles } from '../support/two-roles.js';

const appendOnly = ['act', 'act_seal'];

/** The server of the tests may have an older pgvector, which a start warns of too. */
const isOfRoles = (warning: string): boolean => !warning.includes('pgvector');

describe.skipIf(!onPostgres)("the service's role (PostgreSQL only)", () => {
  let roles: TwoRoles;
  let database: Database;
  beforeAll(async () => {
    roles = await createTwoRoles();
    ({ database } = await openTestDatabase(roles.database));
    await database.transaction((tx) => appendAct(tx, { actor: setup, act: 'test.act', subject: 'a', detail: {} }));
    await new Sealer(new AuditStore(database), new Uint8Array(32)).seal();
  });
  afterAll(async () => {
    await database.close();
    await roles.database.drop();
  });

  it.each(appendOnly)('reads %s and inserts into it', async (table) => {
    expect((await database.query(`select from ${table}`)).length).toBeGreaterThan(0);
  });

  it.each(
    appendOnly.flatMap((table) => [
      `update ${table} set act = act`,
      `delete from ${table}`,
      `truncate ${table}`,
      `drop table ${table}`,
      `alter table ${table} add column x int`,
      `alter table ${table} disable trigger all`,
      `create rule nothing as on insert to ${table} do instead nothing`,
      `grant update on ${table} to current_user`,
    ]),
  )('may not %s', async (statement) => {
    // PostgreSQL only warns about a grant without effect.
    await database.query(statement).catch((error: unknown) => expect(String(error)).toMatch(/permission denied|must be owner/));
    expect(await mayAlterAudit(database.pool)).toBe(false);
    await expect(database.query(`update ${appendOnly[0]} set subject = 'x'`)).rejects.toThrow('permission denied');
  });

  it('cannot record a migration', async () => {
    await expect(database.query("insert into migration (name, run_on) values ('x', now())")).rejects.toThrow('permission denied');
  });

  it('can change the other tables', async () => {
    await database.query('begin; update hash_list set title = title; delete from change; rollback');
  });

  it('needs no migration URL once the schema is current', async () => {
    const { DATABASE_URL } = roles.database.env;
    const warnings: string[] = [];
    const log = { info() {}, warn: (_: object, message: string) => void (isOfRoles(message) && warnings.push(message)) };
    const opened = await openDatabase({ databaseUrl: DATABASE_URL, dataDir: '', command: 'vitest', exclusive: false, log });
    await opened.close();
    expect(warnings).toEqual([]);
  });
});

describe.skipIf(!onPostgres)('a database (PostgreSQL only)', () => {
  const dropped: TestDatabase[] = [];
  afterAll(async () => {
    for (const database of dropped) await database.drop();
  });
  const warningsOf = async ({ env }: TestDatabase) => {
    const warnings: string[] = [];
    const log = { info() {}, warn: (_: object, message: string) => void (isOfRoles(message) && warnings.push(message)) };
    const { DATABASE_URL: databaseUrl, VIGIE_MIGRATION_URL: migrationUrl } = env;
    const opened = await openDatabase({ databaseUrl, migrationUrl, dataDir: '', command: 'vitest', exclusive: false, log });
    await opened.close();
    return warnings;
  };

  it('with one role warns that the service may alter the audit log', async () => {
    const database = await createTestDatabase();
    dropped.push(database);
    expect(await warningsOf(database)).toEqual([expect.stringMatching(/may alter the audit log.*VIGIE_MIGRATION_URL/)]);
  });

  it('with two roles can be created by several concurrent starts', async () => {
    const { database } = await createTwoRoles({ empty: true });
    dropped.push(database);
    const warnings = await Promise.all([1, 2, 3].map(() => warningsOf(database)));
    expect(warnings).toEqual([[], [], []]);
  });

  it('with an old schema tells a role without rights to run vigie migrate', async () => {
    const { database } = await createTwoRoles({ empty: true });
    dropped.push(database);
    const { VIGIE_MIGRATION_URL: _, ...env } = database.env;
    await expect(warningsOf({ ...database, env })).rejects.toThrow(/run "vigie migrate" with VIGIE_MIGRATION_URL/);
  });

  it('from the time of one role gets a new owner', async () => {
    const { database, owner, role } = await createTwoRoles();
    dropped.push(database);
    const opened = await openTestDatabase(owner);
    await opened.database.query(`grant create on schema public to ${role}`);
    for (const table of [...appendOnly, 'entry']) await opened.database.query(`alter table ${table} owner to ${role}`);
    await opened.database.close();
    expect(await warningsOf(database)).toEqual([]);
  });
});
