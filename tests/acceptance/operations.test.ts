import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { overviewSchema, trafficSchema } from '../../src/http/schemas/operations.js';
import { vigieJson } from '../support/cli.js';
import { Client, expectOk } from '../support/client.js';
import { createKey } from '../support/keys.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

const day = 24 * 3_600_000;
const unknown = { hashes: { md5: '0'.repeat(32) } };
let services: TestService[] = [];
let client: Client;
let limited: { id: string; key: string };
let expiring: { id: string; key: string };
const overview = async (by = client.as('operator')) => expectOk(overviewSchema, await by.call('GET', '/v1/operations'));
const traffic = async (query = '') =>
  expectOk(trafficSchema, await client.as('auditor').call('GET', `/v1/operations/traffic${query}`));

/** Three matches on a node that stops: it tells what it answered before it ends. */
beforeAll(async () => {
  const first = await startTestService();
  const { database } = first;
  services = [first];
  client = new Client(first.url);
  limited = await createKey(database, { organisation: 'tests', role: 'platform', quotaMinute: 1 });
  const expiresAt = new Date(Date.now() + 10 * day);
  expiring = await createKey(database, { organisation: 'others', role: 'auditor', expiresAt });
  await createKey(database, { organisation: 'others', role: 'auditor', expiresAt: new Date(Date.now() + 40 * day) });
  const withLimit = client.withKey(limited.key);
  await until('the key is accepted', 5_000, async () => (await withLimit.call('GET', '/v1/organisation')).status === 200);
  for (const by of [client, client, withLimit, withLimit]) await by.json('POST', '/v1/match', unknown);
  expect(await first.stop()).toBe(0);
  services = [await startTestService({ database })];
  client = new Client(services[0]?.url ?? '');
});

afterAll(async () => {
  for (const service of services) await service.kill();
  await services[0]?.database.drop();
});

describe('GET /v1/operations', () => {
  it('shows the node that runs, and no longer the one that stopped', async () => {
    await until('it is ready', 5_000, async () => (await fetch(`${services[0]?.url}/readyz`)).ok);
    // A node tells of itself after it is ready.
    await until('it has told of itself', 10_000, async () => (await overview()).nodes.length > 0);
    const { nodes } = await overview();
    expect(nodes).toHaveLength(1);
    const [node] = nodes;
    expect(node?.index.hashes).toBeGreaterThan(0);
    expect(node?.queues).toEqual({ images: 0, searches: 0, verdicts: 0 });
    expect(Date.parse(node?.seenAt ?? '')).toBeGreaterThanOrEqual(Date.parse(node?.startedAt ?? '') - 1_000);
  });

  it('shows the refusals of each key', async () => {
    expect((await overview()).refusals).toEqual([{ key: limited.id, organisation: 'tests', tooMany: 1, unavailable: 0 }]);
  });

  it('shows the keys that expire within 30 days', async () => {
    const { keysNearExpiry } = await overview();
    expect(keysNearExpiry).toMatchObject([{ id: expiring.id, organisation: 'others', role: 'auditor' }]);
  });

  it('shows an auditor the audit log, the guards and the legal requests', async () => {
    const shown = await overview(client.as('auditor'));
    expect(shown).toMatchObject({
      probing: { alerts: 0, limitedKeys: 0 },
      canaryMatches: 0,
      orders: { open: 0, overdue: 0 },
      notices: { open: 0, overdue: 0 },
    });
    expect(shown.audit.lastSealedAt).not.toBeNull();
  });

  it('knows no backup before "vigie backup", and its age afterwards', async () => {
    expect((await overview()).backup).toEqual({ takenAt: null, ageSeconds: null });
    const { database } = services[0] ?? expect.fail('no service');
    const before = Date.now();
    await vigieJson(['backup', join(database.env.VIGIE_DATA_DIR, 'whole.backup')], database.env);
    const { takenAt, ageSeconds } = (await overview()).backup;
    expect(Date.parse(takenAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(ageSeconds).toBeLessThan(60);
  });
});

describe('GET /v1/operations/traffic', () => {
  it('shows what a node answered before it stopped', async () => {
    const { stepSeconds, points } = await traffic();
    const matched = points.filter(({ verdicts }) => verdicts.no_known_match !== undefined);
    expect([stepSeconds, points.length]).toEqual([300, 288]);
    expect(matched.reduce((sum, { verdicts }) => sum + (verdicts.no_known_match ?? 0), 0)).toBe(3);
    expect(points.reduce((sum, { tooMany }) => sum + tooMany, 0)).toBe(1);
    expect(points.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThanOrEqual(5);
    expect(matched.at(-1)?.p99Ms).toBeGreaterThan(0);
  });

  it.each(['?hours=0', '?hours=169', '?hours=x', '?days=1'])('refuses %s', async (query) => {
    expect((await client.as('operator').call('GET', `/v1/operations/traffic${query}`)).status).toBe(400);
  });
});
