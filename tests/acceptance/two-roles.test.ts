import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChangeStore } from '../../src/store/changes.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { vigieJson } from '../support/cli.js';
import { Client } from '../support/client.js';
import { onPostgres, openTestDatabase } from '../support/database.js';
import { photograph, scene } from '../support/images.js';
import { keyOf } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';
import { createTwoRoles, type TwoRoles } from '../support/two-roles.js';
import { until } from '../support/until.js';

/** The server of the tests may have an older pgvector, which a start warns of too. */
function aboutRoles(service: TestService): string {
  const lines = service.output().split('\n');
  return lines.filter((line) => !line.includes('pgvector')).join('\n');
}

describe.skipIf(!onPostgres)('a service whose role does not own its tables (PostgreSQL only)', () => {
  let roles: TwoRoles;
  let service: TestService;
  let client: Client;

  beforeAll(async () => {
    roles = await createTwoRoles();
    const { database } = await openTestDatabase(roles.owner);
    // An interrupted restore leaves it like this.
    await dropNearIndex(database);
    await database.close();
    service = await startTestService({ database: roles.database });
    client = new Client(service.url);
  });
  afterAll(async () => {
    await service.stop();
    await roles.database.drop();
  });

  it('logs no warning', async () => {
    await service.logged('listening');
    expect(aboutRoles(service)).not.toMatch(/may alter the audit log|"level":[456]0/);
  });

  it('enrols, matches copies and withdraws', async () => {
    const { id } = await client.enrol(await photograph(1));
    const copy = await (await scene(1)).rotate(90).jpeg({ quality: 60 }).toBuffer();
    expect(await client.match(copy)).toMatchObject({ verdict: 'remove', matches: [{ entry: id }] });
    await client.withdraw(id);
    expect((await client.match(copy)).verdict).toBe('no_known_match');
  });

  it('has the owner of the tables build the index of neighbours', async () => {
    const { database } = await openTestDatabase(roles.owner);
    const select = "select indisvalid as valid from pg_index where indexrelid = to_regclass('hash_near')";
    await until('it stands', 20_000, async () => (await database.query(select))[0]?.valid === true);
    await database.close();
  });

  it('accepts changes of lists and people and seals them', async () => {
    await client.createList({ id: 'two', title: 'Two', class: 'unclassified', action: 'hold_for_review' });
    const create = ['organisations', 'create', '--id', 'two-roles', '--name', 'Two', '--kind', 'platform'];
    await vigieJson(create, { ...roles.database.env, VIGIE_KEY: keyOf('operator') });
    expect(await vigieJson(['audit', 'verify'], roles.database.env)).toMatchObject({ whole: true, faults: 0 });
  });

  it('backs up everything', async () => {
    const file = `${roles.database.env.VIGIE_DATA_DIR}/backup`;
    expect(await vigieJson(['backup', file], roles.database.env)).toMatchObject({ file });
  });

  it('prunes old changes', async () => {
    const { database } = await openTestDatabase({ env: roles.database.env, drop: async () => {} });
    await until('changes are pruned', 20_000, () => new ChangeStore(database).prune(0));
    await database.close();
  });

  it('is restored by the role that owns the tables', async () => {
    const target = await createTwoRoles({ empty: true });
    const env = { ...target.database.env, VIGIE_DATA_DIR: roles.database.env.VIGIE_DATA_DIR };
    await vigieJson(['restore', `${roles.database.env.VIGIE_DATA_DIR}/backup`], env);
    expect(await vigieJson(['audit', 'verify'], env)).toMatchObject({ whole: true });
    await target.database.drop();
  });

  it('starts without the URL of the other role once "vigie migrate" has run', async () => {
    const fresh = await createTwoRoles({ empty: true });
    expect(await vigieJson(['migrate'], fresh.database.env)).toEqual({ migrated: true, nearIndex: true });
    const { VIGIE_MIGRATION_URL: _, ...env } = fresh.database.env;
    const other = await startTestService({ database: { ...fresh.database, env } });
    await other.logged('listening');
    expect(aboutRoles(other)).not.toMatch(/may alter the audit log|"level":[456]0/);
    expect(await other.stop()).toBe(0);
    await fresh.database.drop();
  });
});
