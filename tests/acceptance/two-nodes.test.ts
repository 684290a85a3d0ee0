import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { caseStatusSchema, openedCaseSchema } from '../../src/http/schemas/case.js';
import { overviewSchema } from '../../src/http/schemas/operations.js';
import { signIn } from '../support/browser.js';
import { vigie, vigieJson } from '../support/cli.js';
import { Client, expectOk } from '../support/client.js';
import { createTestDatabase, onPostgres, openTestDatabase, type TestDatabase } from '../support/database.js';
import { flipBits, photograph, randomFrom, randomHash } from '../support/images.js';
import { createKey } from '../support/keys.js';
import { keyOf } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

// An embedded database has one server (restart.slow.test.ts).
describe.skipIf(!onPostgres)('two services on one database (PostgreSQL only)', () => {
  let database: TestDatabase;
  let services: TestService[] = [];
  const random = randomFrom(9);
  const node = (number: number) => new Client(services[number]?.url ?? '');
  const verdictOn = async (number: number, image: Uint8Array) => (await node(number).match(image)).verdict;

  beforeAll(async () => {
    database = await createTestDatabase();
    services = await Promise.all([startTestService({ database }), startTestService({ database })]);
  });

  afterAll(async () => {
    for (const service of services) await service.stop();
    await database.drop();
  });

  it('an entry of one matches on the other within a second, until it is withdrawn there', async () => {
    const image = await photograph(1);
    const { id } = await node(0).enrol(image);
    await until('the other knows it', 1_000, async () => (await verdictOn(1, image)) === 'remove');
    await node(1).withdraw(id);
    expect(await verdictOn(1, image)).toBe('no_known_match');
    await until('the one forgets it', 1_000, async () => (await verdictOn(0, image)) === 'no_known_match');
  });

  it('a match that names the version of an enrolment never misses it', async () => {
    for (let number = 10; number < 16; number++) {
      const pdq = randomHash(random);
      const enrolled = await node(0)
        .as('analyst')
        .json('POST', '/v1/entries', { list: 'known', hashes: { pdq: [{ value: pdq, quality: 100 }] } });
      const version = enrolled.headers.get('vigie-index-version') ?? '';
      const { status, body } = await node(1).call('POST', '/v1/match', {
        body: JSON.stringify({ hashes: { pdq, quality: 100 } }),
        headers: { 'content-type': 'application/json', 'if-index-version': version },
      });
      expect([status, body]).toEqual([200, expect.objectContaining({ verdict: 'remove' })]);
    }
  });

  it('a list that one disables is disabled on the other within a second', async () => {
    const image = await photograph(2);
    await node(1).createList({ id: 'shared', title: 'Shared', class: 'unclassified', action: 'hold_for_review' });
    await node(1).enrol(image, 'shared');
    await until('the other knows it', 1_000, async () => (await verdictOn(0, image)) === 'hold_for_review');
    await node(1).as('operator').json('PATCH', '/v1/lists/shared', { enabled: false });
    await until('the other no longer matches it', 1_000, async () => (await verdictOn(0, image)) === 'no_known_match');
  });

  it('a case that its person withdraws on one stops matching on the other within a second', async () => {
    const pdq = randomHash(random);
    const verdictOfCase = async (number: number) => (await node(number).matchHashes({ pdq, quality: 100 })).verdict;
    const statements = { adult: true, depicted: true, noConsent: true };
    const body = { files: [{ hashes: { pdq, quality: 100 } }], statements, pin: '482915' };
    const { caseNumber } = expectOk(openedCaseSchema, await node(0).json('POST', '/v1/cases', body));
    await until('the other holds it', 1_000, async () => (await verdictOfCase(1)) === 'hold_for_review');
    const key = { caseNumber, pin: '482915' };
    expect((await node(0).json('POST', '/v1/cases/withdraw', key)).status).toBe(200);
    await until('the other forgets it', 1_000, async () => (await verdictOfCase(1)) === 'no_known_match');
    expect(expectOk(caseStatusSchema, await node(1).json('POST', '/v1/cases/status', key)).files[0]?.state).toBe('withdrawn');
  });

  it('an image that is enrolled on both at once is one entry', async () => {
    const image = await photograph(3);
    const entries = await Promise.all([0, 1, 0, 1].map((number) => node(number).enrol(image)));
    expect(new Set(entries.map(({ id }) => id)).size).toBe(1);
  });

  it('a key is refused on both within a second of being revoked', async () => {
    const create = ['keys', 'create', '--organisation', 'tests', '--role', 'analyst'];
    const { id, key } = z.object({ id: z.string(), key: z.string() }).parse(await vigieJson(create, database.env));
    const statuses = () =>
      Promise.all([0, 1].map(async (number) => (await node(number).withKey(key).call('GET', '/v1/lists')).status));
    await until('both take it', 1_000, async () => (await statuses()).every((status) => status === 200));
    expect((await vigie(['keys', 'revoke', id], database.env)).code).toBe(0);
    await until('both refuse it', 1_000, async () => (await statuses()).every((status) => status === 401));
  });

  it('both are in the overview of each', async () => {
    const shown = async (number: number) => {
      const { nodes } = expectOk(overviewSchema, await node(number).as('operator').call('GET', '/v1/operations'));
      return nodes.map(({ node, ready, leads }) => ({ node, ready, leads }));
    };
    await until('both are ready and one leads', 20_000, async () => {
      const nodes = await shown(0);
      return nodes.length === 2 && nodes.every(({ ready }) => ready) && nodes.filter(({ leads }) => leads).length === 1;
    });
    expect(await shown(1)).toEqual(await shown(0));
  });

  it('a session is open on both, and ends on both when it is closed on one', async () => {
    const session = await signIn(services[0]?.url ?? '', keyOf('operator'));
    const other = session.at(services[1]?.url ?? '');
    expect((await other.call('GET', '/v1/organisation')).status).toBe(200);
    expect((await other.call('DELETE', '/v1/session')).status).toBe(204);
    expect((await session.call('GET', '/v1/organisation')).status).toBe(401);
  });

  it('a session ends on the other within a second when its key is revoked on one', async () => {
    const { id, key } = await createKey(database, { organisation: 'tests', role: 'analyst' });
    await until('one takes the key', 1_000, async () => (await node(0).withKey(key).call('GET', '/v1/lists')).status === 200);
    const other = (await signIn(services[0]?.url ?? '', key)).at(services[1]?.url ?? '');
    await until('the other takes the session', 1_000, async () => (await other.call('GET', '/v1/lists')).status === 200);
    expect((await vigie(['keys', 'revoke', id], database.env)).code).toBe(0);
    await until('the other refuses it', 1_000, async () => (await other.call('GET', '/v1/lists')).status === 401);
  });

  it('a key that has used its quota on one is refused on the other within seconds', async () => {
    const create = ['keys', 'create', '--organisation', 'tests', '--role', 'platform', '--quota-day', '5'];
    const { key } = z.object({ key: z.string() }).parse(await vigieJson(create, database.env));
    let taken = 0;
    const isTaken = async (number: number) => {
      const { status } = await node(number)
        .withKey(key)
        .json('POST', '/v1/match', { hashes: { md5: '0'.repeat(32) } });
      if (status === 200) taken++;
      return status === 200;
    };
    // A node that does not know the key yet answers 401, which takes nothing.
    await until('one takes it', 5_000, () => isTaken(1));
    await until('the other takes it', 5_000, () => isTaken(0));
    await until('one refuses it', 2_000, async () => !(await isTaken(0)));
    await isTaken(1);
    await until('both have shared', 5_000, async () => (await usedByAll(database)) === taken);
    await until('the other refuses it', 1_000, async () => !(await isTaken(1)));
    // Each node alone would give 5 per day for ever; together they give at most what each had left before they shared.
    expect(taken).toBeLessThanOrEqual(5 * 2);
  });

  it('a key that spreads its probes over both is told bands by both, although neither saw enough', async () => {
    const { key } = await createKey(database, { organisation: 'tests', role: 'platform' });
    const pdq = randomHash(random);
    await node(0).enrolHashes({ pdq, quality: 100 });
    const distanceOn = async (number: number, bits: number) => {
      const asked = { pdq: flipBits(pdq, bits, random), quality: 100 };
      const { matches } = await node(number).withKey(key).matchHashes(asked);
      return matches[0]?.distance;
    };
    await until('both take the key and know the entry', 5_000, async () => {
      const statuses = [0, 1].map((number) => node(number).withKey(key).call('GET', '/v1/organisation'));
      return (await Promise.all(statuses)).every(({ status }) => status === 200) && (await distanceOn(1, 0)) !== undefined;
    });
    // The default limit is 128. Each node alone counts about 90.
    for (let asked = 0; asked < 90; asked++) await Promise.all([distanceOn(0, 8), distanceOn(1, 8)]);
    expect([await distanceOn(0, 0), await distanceOn(1, 0)].filter((distance) => distance === null)).toHaveLength(0);
    await until('both tell bands', 10_000, async () => {
      const told = await Promise.all([distanceOn(0, 8), distanceOn(1, 8)]);
      return told.every((distance) => distance === null);
    });
  });

  it('one continues when the other is killed, and the other restarts with every entry', async () => {
    await services[0]?.kill();
    const image = await photograph(4);
    const { id } = await node(1).enrol(image);
    services[0] = await startTestService({ database });
    expect(await node(0).match(image)).toMatchObject({ matches: [{ entry: id }] });
  });
});

async function usedByAll(of: TestDatabase): Promise<number> {
  const { database } = await openTestDatabase(of);
  const [row] = await database.query<{ used: number }>("select sum(used)::int as used from quota_use where period = 'day'");
  await database.close();
  return row?.used ?? 0;
}
