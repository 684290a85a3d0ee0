import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../src/http/schemas/audit.js';
import { verify } from '../support/audit.js';
import { documentsOf, vigie, vigieJson } from '../support/cli.js';
import { Client, expectOk, problemOf } from '../support/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { keyOf } from '../support/seed.js';
import { startTestService, type TestService } from '../support/service.js';
import { until } from '../support/until.js';

describe('the audit log', () => {
  let test: TestDatabase;
  let service: TestService;

  beforeAll(async () => {
    test = await createTestDatabase();
    service = await startTestService({ database: test });
  });
  afterAll(async () => {
    await service.stop();
    await test.drop();
  });

  const auditor = () => new Client(service.url).as('auditor');
  const page = async (query = '') => expectOk(auditPageSchema, await auditor().call('GET', `/v1/audit${query}`));

  it('has every act of the command line and who did it', async () => {
    const create = ['organisations', 'create', '--id', 'watched', '--name', 'Watched', '--kind', 'platform'];
    await vigieJson(create, { ...test.env, VIGIE_KEY: keyOf('operator') });
    const { items } = await page('?limit=1000');
    const actor = { via: 'setup', key: null };
    expect(items.at(-1)).toMatchObject({ act: 'organisation.create', subject: 'watched', detail: { name: 'Watched' } });
    expect(items[0]).toMatchObject({ position: 1, act: 'organisation.create', subject: 'tests', actor });
  });

  it('is found whole', async () => {
    expect(await verify(test)).toMatchObject({ code: 0, whole: true, faults: 0, findings: [] });
  });

  it('is read page by page, each act once', async () => {
    const { items: all } = await page('?limit=1000');
    const read: number[] = [];
    for (let cursor: string | null = '0'; cursor !== null; ) {
      const { items, nextCursor } = await page(`?limit=3&cursor=${cursor}`);
      read.push(...items.map(({ position }) => position));
      cursor = nextCursor;
    }
    expect(read).toEqual(all.map(({ position }) => position));
    expect(read).toEqual(read.map((_, at) => at + 1));
  });

  it.each(['cursor=x', 'cursor=-1', 'limit=0', 'limit=1001', 'from=1'])('answers 400 to ?%s', async (query) => {
    const answer = await auditor().call('GET', `/v1/audit?${query}`);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).code).toBe('bad_request');
  });

  it('contains no secret of a key', async () => {
    const { stdout } = await vigie(['audit', 'export'], test.env);
    expect(stdout).toContain('key.create');
    expect(stdout).not.toContain(keyOf('operator').split('_')[2]);
  });

  it('is exported from any position, with what auditors read over HTTP', async () => {
    const { items } = await page('?limit=1000');
    const exported = async (...parameters: string[]) =>
      documentsOf((await vigie(['audit', 'export', ...parameters], test.env)).stdout);
    expect(await exported()).toEqual(items);
    expect(await exported('--from', '3')).toEqual(items.slice(2));
    expect((await vigie(['audit', 'export', '--from', 'x'], test.env)).code).toBe(2);
  });

  it('shows in the metrics how many acts are unsealed and how old the anchor is', async () => {
    const metrics = async () => (await fetch(service.metricsUrl)).text();
    await until('all is sealed', 10_000, async () => /^vigie_audit_unsealed 0$/m.test(await metrics()));
    expect(await metrics()).toMatch(/^vigie_audit_anchor_age_seconds \d/m);
  });

  it('cannot be verified with an anchor that does not exist', async () => {
    const { code, stderr } = await vigie(['audit', 'verify', '--anchor', '/nowhere/anchor'], test.env);
    expect([code, stderr]).toEqual([2, expect.stringContaining('/nowhere/anchor')]);
  });
});
