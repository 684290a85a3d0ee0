import { beforeAll, describe, expect, it } from 'vitest';
import { listSchema, listsSchema } from '../../src/http/schemas/list.js';
import { organisationSchema } from '../../src/http/schemas/organisation.js';
import { proposalsSchema } from '../../src/http/schemas/proposal.js';
import { vigie, vigieJson } from '../support/cli.js';
import { type Client, expectOk, problemOf } from '../support/client.js';
import { createKey } from '../support/keys.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const first = () => on.client.as('operator');
let second: Client;
let secondKey = '';
const patch = (change: object, operator = first()) => operator.json('PATCH', '/v1/lists/watched', change);
const grant = (rights: readonly string[]) => first().json('PUT', '/v1/lists/watched/grants/others', { rights });
const settings = (change: object) => first().json('PATCH', '/v1/organisations/others', change);
const watched = async () => {
  const { items } = expectOk(listsSchema, await first().call('GET', '/v1/lists'));
  return items.find(({ id }) => id === 'watched');
};
const proposals = async () => expectOk(proposalsSchema, await second.call('GET', '/v1/proposals')).items;
const confirm = (operator: Client, body: object = {}, path = '/v1/lists/watched/confirm') => operator.json('POST', path, body);

beforeAll(async () => {
  await on.client.createList({ id: 'watched', title: 'Watched', class: 'ncii_adult', action: 'remove' });
  const { key } = await createKey(on.service.database, { organisation: 'others', role: 'operator', person: 'Second' });
  secondKey = key;
  second = on.client.withKey(key);
  await until('the key is accepted', 5_000, async () => (await second.call('GET', '/v1/organisation')).status === 200);
});

describe('a change of a list by one operator', () => {
  it('acts at once if it tightens', async () => {
    const stricter = {
      verification: { people: 2, organisations: 1 },
      limits: { withdrawalsAnHour: 10, disputesAfter: 2, floodAnHour: 100 },
    };
    const answer = await patch(stricter);
    expect([answer.status, answer.body]).toMatchObject([200, stricter]);
  });

  it('waits if it weakens, and shows the second operator the difference', async () => {
    const before = await watched();
    const limits = { withdrawalsAnHour: 100_000, disputesAfter: 2, floodAnHour: 100 };
    expect((await patch({ limits })).status).toBe(202);
    const thresholds = { pdq: { tight: 63, wide: 63 }, blockhash: 24 };
    expect((await patch({ action: 'remove_and_report', thresholds })).status).toBe(202);
    expect((await grant(['read', 'verify'])).status).toBe(202);
    expect(await watched()).toEqual(before);
    const [proposal] = await proposals();
    expect(proposal).toMatchObject({ subject: 'list', of: 'watched', version: before?.version, organisation: 'tests' });
    expect(proposal?.changes).toEqual([
      { field: 'action', from: 'remove', to: 'remove_and_report', weakens: true },
      { field: 'thresholds.pdq.tight', from: 16, to: 63, weakens: true },
      { field: 'thresholds.pdq.wide', from: 31, to: 63, weakens: true },
      { field: 'limits.withdrawalsAnHour', from: 10, to: 100_000, weakens: true },
      { field: 'grants.others', from: [], to: ['read', 'verify'], weakens: true },
    ]);
    const own = await confirm(first());
    expect([own.status, problemOf(own).code]).toEqual([403, 'own_work']);
    const other = await confirm(second, { proposal: '00000000-0000-4000-8000-000000000000' });
    expect([other.status, problemOf(other).code]).toEqual([409, 'conflict']);
    const changed = expectOk(listSchema, await confirm(second, { proposal: proposal?.id }));
    expect(changed).toMatchObject({ action: 'remove_and_report', thresholds, limits });
    expect(await proposals()).toEqual([]);
  });

  it('acts at once if it takes rights away', async () => {
    expect((await grant(['read'])).status).toBe(200);
    expect((await grant([])).body).toEqual({ items: [] });
  });

  it('is refused with the current version if it was made for another one', async () => {
    const version = (await watched())?.version ?? 0;
    const stale = await patch({ title: 'Late', expectedVersion: version - 1 });
    expect([stale.status, problemOf(stale).detail]).toEqual([409, expect.stringContaining(`version ${version}`)]);
    expect((await patch({ title: 'In time', expectedVersion: version })).status).toBe(200);
    expect((await patch({ expectedVersion: version + 1 })).status).toBe(400);
  });
});

describe('the deletion of a list by one operator', () => {
  const path = '/v1/lists/leaving';
  const hashes = { md5: 'ab'.repeat(16) };
  const remove = async () => {
    const answer = await first().call('DELETE', path);
    return [answer.status, (await proposals()).at(-1)?.id] as const;
  };

  it('waits, shows what it would do, and can be declined', async () => {
    await on.client.createList({ id: 'leaving', title: 'Leaving', class: 'tvec', action: 'remove' });
    await on.client.enrolHashes(hashes, 'leaving');
    await first().json('PATCH', path, { enabled: false });
    const [status, id] = await remove();
    expect(status).toBe(202);
    expect(await proposals()).toMatchObject([
      { of: 'leaving', changes: [{ field: 'deleted', from: false, to: true, weakens: true }] },
    ]);
    const own = await confirm(first(), {}, `${path}/confirm`);
    expect([own.status, problemOf(own).code]).toEqual([403, 'own_work']);
    expect((await second.call('DELETE', `/v1/proposals/${id}`)).status).toBe(204);
    expect((await second.call('DELETE', `/v1/proposals/${id}`)).status).toBe(404);
    const late = await confirm(second, { proposal: id }, `${path}/confirm`);
    expect([late.status, problemOf(late).code]).toEqual([409, 'conflict']);
    expect(await first().call('GET', `${path}/grants`)).toMatchObject({ status: 200 });
  });

  it('is discarded by a further change', async () => {
    await remove();
    await first().json('PATCH', path, { title: 'Staying' });
    expect(await proposals()).toEqual([]);
  });

  it('can be read and declined on the command line', async () => {
    const [, id] = await remove();
    const { env } = on.service.database;
    expect(await vigieJson(['lists', 'proposals'], env)).toMatchObject({ items: [{ id, of: 'leaving' }] });
    expect(await vigieJson(['lists', 'decline', 'leaving', '--key', secondKey], env)).toEqual({ id: 'leaving', declined: id });
    expect(await proposals()).toEqual([]);
    expect((await vigie(['lists', 'decline', 'leaving', '--key', secondKey], env)).stderr).toContain('has no change');
  });

  it('can be proposed and confirmed on the command line', async () => {
    await on.client.createList({ id: 'gone', title: 'Gone', class: 'tvec', action: 'remove', enabled: false });
    const { env } = on.service.database;
    const key = keyOf('operator');
    expect(await vigieJson(['lists', 'delete', 'gone', '--key', key], env)).toEqual({ id: 'gone', waiting: true });
    const id = (await proposals()).at(-1)?.id ?? '';
    const given = ['lists', 'confirm', 'gone', '--proposal', id, '--key', secondKey];
    expect(await vigieJson(given, env)).toMatchObject({ id: 'gone', enabled: false });
    expect((await vigie(given, env)).stderr).toContain('there is no list "gone"');
  });

  it('happens once a second operator confirms it', async () => {
    const [, id] = await remove();
    const deleted = expectOk(listSchema, await confirm(second, { proposal: id }, `${path}/confirm`));
    expect(deleted).toMatchObject({ id: 'leaving', enabled: false });
    expect((await first().json('PATCH', path, { enabled: true })).status).toBe(404);
    expect(await proposals()).toEqual([]);
  });
});

describe('a new list of one operator', () => {
  it('starts with the default where it asks for less', async () => {
    const limits = { withdrawalsAnHour: 100_000, disputesAfter: 2, floodAnHour: 1_000 };
    const made = await first().json('POST', '/v1/lists', { id: 'new', title: 'New', class: 'tvec', action: 'remove', limits });
    expect([made.status, made.body]).toMatchObject([202, { limits: { withdrawalsAnHour: 100 }, version: 1 }]);
    expect((await confirm(second, {}, '/v1/lists/new/confirm')).body).toMatchObject({ limits, version: 2 });
  });
});

describe('the settings of an organisation', () => {
  it('act at once if they tighten, and wait if they weaken', async () => {
    const tight = await settings({ tells: 'bands', regimes: ['eu_dsa'] });
    expect([tight.status, tight.body]).toMatchObject([200, { tells: 'bands', version: 2 }]);
    const loose = await settings({ tells: 'distances', queryHours: 24 });
    expect([loose.status, loose.body]).toMatchObject([202, { tells: 'bands', queryHours: 0, version: 2 }]);
    const [proposal] = await proposals();
    expect(proposal).toMatchObject({
      subject: 'organisation',
      of: 'others',
      changes: [
        { field: 'queryHours', from: 0, to: 24, weakens: true },
        { field: 'tells', from: 'bands', to: 'distances', weakens: true },
      ],
    });
    const path = '/v1/organisations/others/settings/confirm';
    expect((await confirm(first(), {}, path)).status).toBe(403);
    expect((await first().call('DELETE', `/v1/proposals/${proposal?.id}`)).status).toBe(204);
    expect((await confirm(second, {}, path)).status).toBe(409);
    await settings({ tells: 'distances', queryHours: 24 });
    const [again] = await proposals();
    const changed = expectOk(organisationSchema, await confirm(second, { proposal: again?.id }, path));
    expect(changed).toMatchObject({ tells: 'distances', queryHours: 24, regimes: ['eu_dsa'], version: 3 });
    expect((await confirm(second, {}, path)).status).toBe(409);
    expect((await confirm(second, {}, '/v1/organisations/nowhere/settings/confirm')).status).toBe(404);
  });

  it('are refused with the current version if they were made for another one', async () => {
    const stale = await settings({ tells: 'bands', expectedVersion: 1 });
    expect([stale.status, problemOf(stale).detail]).toEqual([409, expect.stringContaining('version 3')]);
  });
});
