import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Client } from '../support/client.js';
import { createTestDatabase, onPostgres, type TestDatabase } from '../support/database.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const jobsSchema = z.object({
  node: z.string(),
  leader: z.object({ node: z.string() }).nullable(),
  jobs: z.array(z.object({ name: z.string(), status: z.string(), leaderOnly: z.boolean(), runs: z.number() })),
});

async function jobsOf({ url }: TestService): Promise<z.output<typeof jobsSchema>> {
  return jobsSchema.parse((await new Client(url).as('operator').call('GET', '/v1/jobs')).body);
}

async function sealing(service: TestService) {
  const job = (await jobsOf(service)).jobs.find(({ name }) => name === 'seal_audit');
  if (!job) throw new Error('there is no job seal_audit');
  return job;
}

describe.skipIf(!onPostgres)('the jobs of two services on one database (PostgreSQL only)', () => {
  let database: TestDatabase;
  let first: TestService;
  let second: TestService;

  beforeAll(async () => {
    database = await createTestDatabase();
    first = await startTestService({ database });
    await until('the first leads', 5_000, async () => (await jobsOf(first)).leader);
    second = await startTestService({ database });
  });
  afterAll(async () => {
    for (const service of [first, second]) await service.kill();
    await database.drop();
  });

  it('run on one of them, and both say on which', async () => {
    const [one, other] = [await jobsOf(first), await jobsOf(second)];
    expect(one.node).not.toBe(other.node);
    expect([one.leader?.node, other.leader?.node]).toEqual([one.node, one.node]);
    await until('the first seals', 10_000, async () => (await sealing(first)).runs > 0);
    await until('the second stands by', 5_000, async () => (await sealing(second)).status === 'standby');
    expect((await sealing(second)).runs).toBe(0);
  });

  it('go on within 30 seconds of a kill of the leader', async () => {
    await first.kill();
    await until('the second seals', 30_000, async () => (await sealing(second)).runs > 0);
    const { node, leader } = await jobsOf(second);
    expect(leader?.node).toBe(node);
  });

  it('go on at once when the leader stops in good order', async () => {
    first = await startTestService({ database });
    await second.stop();
    await until('the first seals again', 12_000, async () => (await sealing(first)).runs > 0);
  });
});

describe.skipIf(onPostgres)('the jobs of the only service (embedded database)', () => {
  it('all run on it', async () => {
    const service = await startTestService();
    const { node, leader } = await jobsOf(service);
    await service.stop();
    await service.database.drop();
    expect(leader?.node).toBe(node);
  });
});
