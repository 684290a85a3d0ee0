import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vigieJson } from '../support/cli.js';
import { Client } from '../support/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { follow, statusOf } from '../support/follower.js';
import { hashNamed } from '../support/import-files.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const md5Of = (name: string) => ({ md5: hashNamed('md5', name) });
const clientOf = ({ url }: TestService) => new Client(url);
const isFound = async (service: TestService, name: string) =>
  (await clientOf(service).matchHashes(md5Of(name))).matches.length > 0;
const enrol = (service: TestService, name: string) => clientOf(service).enrolHashes(md5Of(name));
/** On PostgreSQL, a node that was killed holds its lease for 15 seconds, and the next one looks every 5. */
const leaseMs = 25_000;
const arrives = (service: TestService, name: string) => until(name, 15_000 + leaseMs, () => isFound(service, name));
const leaves = (service: TestService, name: string) => until(name, 15_000, async () => !(await isFound(service, name)));

describe('a follower', () => {
  let leader: TestService;
  let follower: TestService;
  let folder: string;
  const databases: TestDatabase[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vigie-follower-'));
    [leader, follower] = await Promise.all([startTestService(), startTestService()]);
    databases.push(leader.database, follower.database);
    await enrol(leader, 'stable');
    await follow(clientOf(follower), leader.url);
    await arrives(follower, 'stable');
  });
  afterAll(async () => {
    for (const service of [leader, follower]) await service.kill();
    for (const database of databases) await database.drop();
    await rm(folder, { recursive: true, force: true });
  });

  it('catches up after it was killed, with what was listed and what was withdrawn meanwhile', async () => {
    const { id } = await enrol(leader, 'short');
    await arrives(follower, 'short');
    await follower.kill();
    await clientOf(leader).withdraw(id);
    await enrol(leader, 'meanwhile');
    follower = await startTestService({ database: follower.database });
    expect(await isFound(follower, 'stable')).toBe(true);
    await arrives(follower, 'meanwhile');
    await leaves(follower, 'short');
  });

  it('keeps its entries while the other is away, and continues when it is back', async () => {
    const { port } = new URL(leader.url);
    await leader.kill();
    const { fault } = await until('the fault', 15_000, async () => {
      const status = await statusOf(clientOf(follower));
      return status.failures > 0 ? status : undefined;
    });
    expect(fault).toBe('unreachable');
    expect(await isFound(follower, 'stable')).toBe(true);
    leader = await startTestService({ database: leader.database, env: { VIGIE_PORT: port } });
    await enrol(leader, 'back again');
    await clientOf(follower).as('operator').json('POST', '/v1/exchanges/leader/fetch', {});
    await arrives(follower, 'back again');
  });

  it('follows a restored leader to what the backup holds, and its other entries match all the time', async () => {
    const file = join(folder, 'leader.backup');
    const { port } = new URL(leader.url);
    await vigieJson(['backup', file], leader.database.env);
    await enrol(leader, 'after the backup');
    await arrives(follower, 'after the backup');
    await leader.kill();
    const restored = await createTestDatabase({ empty: true });
    databases.push(restored);
    await copyFile(join(leader.database.env.VIGIE_DATA_DIR, 'secret.key'), join(restored.env.VIGIE_DATA_DIR, 'secret.key'));
    await vigieJson(['restore', file, '--without-withdrawals'], restored.env);
    leader = await startTestService({ database: restored, env: { VIGIE_PORT: port } });
    await clientOf(follower).as('operator').json('POST', '/v1/exchanges/leader/fetch', {});
    const gaps: string[] = [];
    await until('the end of the lost entry', 15_000, async () => {
      for (const name of ['stable', 'back again']) if (!(await isFound(follower, name))) gaps.push(name);
      return !(await isFound(follower, 'after the backup'));
    });
    expect(gaps).toEqual([]);
    const { id } = await enrol(leader, 'of the restored one');
    await arrives(follower, 'of the restored one');
    await clientOf(leader).withdraw(id);
    await leaves(follower, 'of the restored one');
  });
});
