import { describe, expect, it } from 'vitest';
import { organisationSchema, organisationsSchema } from '../../src/http/schemas/organisation.js';
import { vigie, vigieJson } from '../support/cli.js';
import { Client, expectOk, problemOf } from '../support/client.js';
import { createKey } from '../support/keys.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const operator = () => on.client.as('operator');
const own = async (client = on.client) => expectOk(organisationSchema, await client.call('GET', '/v1/organisation'));
const patchOwn = (patch: object, client = on.client) => client.json('PATCH', '/v1/organisation', patch);
const env = () => on.service.database.env;

describe('GET /v1/organisation', () => {
  it('shows callers their own organisation, at first without regimes', async () => {
    expect(await own(on.client.as('flagger'))).toEqual({
      id: 'tests',
      name: 'Tests',
      kind: 'hotline',
      regimes: [],
      verdictDays: 365,
      queryHours: 0,
      tells: 'distances',
      contact: null,
      sharesFeedback: false,
      fetchesFrom: [],
      confirmedAt: expect.any(String),
      version: 1,
    });
  });
});

describe('PATCH /v1/organisation', () => {
  it('changes the given settings and nothing else', async () => {
    const changed = expectOk(organisationSchema, await patchOwn({ regimes: ['eu_dsa', 'us_2258a', 'eu_dsa'], queryHours: 24 }));
    expect(changed).toMatchObject({ regimes: ['eu_dsa', 'us_2258a'], queryHours: 24, verdictDays: 365, tells: 'distances' });
    expect(await own()).toEqual(changed);
  });

  it('refuses an unknown regime and names those that exist', async () => {
    const answer = await patchOwn({ regimes: ['eu_dsa', 'mars'] });
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toMatch(/^regimes.1: unknown regime; the regimes are fr_lcen_order, .*us_2258a/);
  });

  it('lets a platform key tighten settings; only an operator may loosen them', async () => {
    await patchOwn({ verdictDays: 400, tells: 'bands' });
    const looser = [{ regimes: ['eu_dsa'] }, { verdictDays: 399 }, { tells: 'distances' }];
    for (const patch of looser) {
      const answer = await patchOwn(patch);
      expect([answer.status, problemOf(answer).detail]).toEqual([403, expect.stringContaining(Object.keys(patch).join())]);
    }
    expect(await own()).toMatchObject({ regimes: ['eu_dsa', 'us_2258a'], verdictDays: 400, tells: 'bands' });
    for (const patch of looser) expect((await patchOwn(patch, operator())).status).toBe(200);
    expect(await own()).toMatchObject({ regimes: ['eu_dsa'], verdictDays: 399, tells: 'distances' });
  });

  it('keeps both of two changes made at once', async () => {
    await Promise.all([patchOwn({ queryHours: 12 }), patchOwn({ verdictDays: 500 })]);
    expect(await own()).toMatchObject({ queryHours: 12, verdictDays: 500 });
  });

  it.each([{}, { verdictDays: 0 }, { queryHours: 169 }, { tells: 'all' }, { name: 'x' }, { regimes: 'eu_dsa' }])(
    'refuses %j',
    async (patch) => {
      expect((await patchOwn(patch)).status).toBe(400);
    },
  );
});

describe('organisations', () => {
  const fresh = { id: 'fresh', name: 'A Fresh Platform', kind: 'platform' };
  const create = (body: object) => operator().json('POST', '/v1/organisations', body);

  it('are created by one operator, who may not confirm them', async () => {
    const answer = await create(fresh);
    expect(answer.status).toBe(201);
    expect(expectOk(organisationSchema, answer)).toMatchObject({ ...fresh, confirmedAt: null });
    const lone = await operator().call('POST', '/v1/organisations/fresh/confirm');
    expect([lone.status, problemOf(lone).code]).toEqual([403, 'own_work']);
  });

  it('are confirmed by a second, once', async () => {
    const second = await secondOperator();
    const confirm = () => second.call('POST', '/v1/organisations/fresh/confirm');
    expect(expectOk(organisationSchema, await confirm()).confirmedAt).not.toBeNull();
    const again = await confirm();
    expect([again.status, problemOf(again).detail]).toEqual([409, expect.stringContaining('confirmed since')]);
    const { items } = expectOk(organisationsSchema, await operator().call('GET', '/v1/organisations'));
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['fresh', 'tests']));
  });

  it('are not created twice in another spelling', async () => {
    const answer = await create({ ...fresh, id: 'fresh-2', name: 'a  frésh-platform' });
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining('"fresh"')]);
  });

  it.each([
    ['id', { ...fresh, id: 'Not An Id' }],
    ['name', { ...fresh, id: 'new', name: 'nul\u0000' }],
    ['kind', { ...fresh, id: 'new', kind: 'other' }],
  ])('are refused with the name of the invalid field: %s', async (field, body) => {
    const answer = await create(body);
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining(field)]);
  });

  it('are configured by an operator', async () => {
    const patch = { regimes: ['us_take_it_down'], tells: 'bands' };
    expect(expectOk(organisationSchema, await operator().json('PATCH', '/v1/organisations/fresh', patch))).toMatchObject(patch);
    expect((await operator().json('PATCH', '/v1/organisations/nowhere', patch)).status).toBe(404);
  });
});

describe('vigie organisations configure', () => {
  // Two people hold operator keys by now.
  const configure = (...options: string[]) => ['organisations', 'configure', 'tests', '--key', keyOf('operator'), ...options];

  it('changes the given settings while the server runs', async () => {
    const regimes = ['eu_dsa', 'fr_lcen_order'];
    await vigieJson(configure('--regimes', regimes.join(', '), '--verdict-days', '600'), env());
    expect(await own()).toMatchObject({ regimes, verdictDays: 600 });
    const loosen = configure('--regimes', 'none', '--fetches-from', 'a.example.org, .Example.net');
    expect(await vigieJson(loosen, env())).toMatchObject({ waiting: true, regimes, fetchesFrom: [] });
    expect(await own()).toMatchObject({ regimes, verdictDays: 600 });
  });

  it.each([
    ['any of fr_lcen_order', ['--regimes', 'fr_lcen_order,mars']],
    ['number from 1 to 3650', ['--verdict-days', '0']],
    ['number from 0 to 168', ['--query-hours', '1e2']],
    ['is not a host such as', ['--fetches-from', 'https://example.org']],
    ['give at least one of', []],
  ])('exits with 2 and says %j', async (message, options) => {
    const { code, stderr } = await vigie(configure(...options), env());
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

async function secondOperator(): Promise<Client> {
  const { key } = await createKey(on.service.database, { organisation: 'tests', role: 'operator', person: 'Second' });
  const second = new Client(on.service.url, key);
  await until('the key is accepted', 1_000, async () => (await second.call('GET', '/v1/organisation')).status === 200);
  return second;
}
