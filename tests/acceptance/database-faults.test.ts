import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CutProxy, startCutProxy } from '../../bench/faults/cut-proxy.js';
import { Client } from '../support/client.js';
import { createTestDatabase, onPostgres, openTestDatabase, sqlOnServer, type TestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const random = randomFrom(78);

// The embedded database runs in the service's own process.
describe.skipIf(!onPostgres)('a database behind a fault (PostgreSQL only)', () => {
  let database: TestDatabase;
  let proxy: CutProxy;
  let service: TestService;
  let client: Client;
  const known = randomHash(random);
  beforeAll(async () => {
    database = await createTestDatabase();
    proxy = await startCutProxy(database.env.DATABASE_URL ?? '');
    service = await startTestService({
      database: { env: { ...database.env, DATABASE_URL: proxy.url }, drop: async () => {} },
    });
    client = new Client(service.url);
    await enrol(known);
    await until('it matches', 5_000, async () => (await match()).matches.length > 0);
  });
  afterAll(async () => {
    await service.stop();
    await proxy.close();
    await database.drop();
  });

  const enrol = (pdq: string) =>
    client.as('analyst').json('POST', '/v1/entries', { list: 'known', hashes: { pdq, quality: 100 } });
  const match = () => client.matchHashes({ pdq: known, quality: 100 });
  const nameOf = () => new URL(database.env.DATABASE_URL ?? '').pathname.slice(1);

  async function recorded(requestIds: readonly string[]): Promise<number> {
    const { database: direct } = await openTestDatabase(database);
    const [row] = await direct.query<{ count: number }>('select count(*)::int as count from verdict where request_id = any($1)', [
      requestIds,
    ]);
    await direct.close();
    return row?.count ?? 0;
  }

  it('records verdicts that were answered while the database was read-only', async () => {
    const endSessions = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${nameOf()}'`;
    await sqlOnServer(`alter database ${nameOf()} set default_transaction_read_only = on`);
    await sqlOnServer(endSessions);
    await until('enrolment is refused', 10_000, async () => (await enrol(randomHash(random))).status === 503);
    const answered = [(await match()).requestId, (await match()).requestId];
    expect(await recorded(answered)).toBe(0);
    await sqlOnServer(`alter database ${nameOf()} reset default_transaction_read_only`);
    await sqlOnServer(endSessions);
    await until('the verdicts are recorded', 10_000, async () => (await recorded(answered)) === 2);
  });

  it('works again within five seconds after a network that swallowed packets is healed', async () => {
    const lost = Array.from({ length: 12 }, () => enrol(randomHash(random)));
    proxy.swallow();
    const answered = (await match()).requestId;
    await until('enrolments wait for their answers', 10_000, async () => (await match()).index.ageMs > 3_000);
    proxy.mend();
    await until('an enrolment is stored', 5_000, async () => (await enrol(randomHash(random))).status === 201);
    await until('the verdict is recorded', 5_000, async () => (await recorded([answered])) === 1);
    const statuses = new Set((await Promise.all(lost)).map(({ status }) => status));
    expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([]);
  });

  it('runs its jobs although the database is gone when it listens', async () => {
    const gone = await startCutProxy(database.env.DATABASE_URL ?? '');
    const other = await startTestService({
      database: { env: { ...database.env, DATABASE_URL: gone.url }, drop: async () => {} },
    });
    gone.cut();
    const metrics = await (await fetch(other.metricsUrl)).text();
    const started = [...metrics.matchAll(/^vigie_job_started\{job="(\w+)"\} (\d)/gm)];
    expect(started.length).toBeGreaterThan(5);
    expect(started.filter(([, , isStarted]) => isStarted !== '1')).toEqual([]);
    gone.mend();
    await other.stop();
    await gone.close();
  });
});
