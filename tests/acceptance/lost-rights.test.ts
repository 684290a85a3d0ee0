import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { entrySchema, receiptSchema } from '../../src/http/schemas/entry.js';
import { type Answer, expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(113);
const hashes = () => ({ pdq: randomHash(random), quality: 100 });
const elsewhere = () => on.client.as('analyst', 'others');
const grant = (rights: readonly string[]) => on.client.as('operator').json('PUT', '/v1/lists/shared/grants/others', { rights });

function post(path: string, body: unknown, key = randomUUID()): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  return elsewhere().call('POST', path, { body: JSON.stringify(body), headers });
}

beforeAll(async () => {
  await on.client.createList({ id: 'shared', title: 'Shared', class: 'csam_a1', action: 'remove_and_report' });
});

describe('an organisation that may enrol and not read', () => {
  it('gets the same receipt for new, held and withdrawn content', async () => {
    await grant(['enrol']);
    const withdrawn = hashes();
    const { id } = await on.client.enrolHashes(withdrawn, 'shared');
    expectOk(entrySchema, await on.client.as('reviewer').json('POST', `/v1/entries/${id}/confirm`, {}));
    await on.client.withdraw(id);
    const held = hashes();
    await on.client.enrolHashes(held, 'shared');
    for (const content of [hashes(), held, withdrawn]) {
      const answer = await post('/v1/entries', { list: 'shared', hashes: content });
      expect([answer.status, Object.keys(expectOk(receiptSchema, answer))]).toEqual([202, ['receipt']]);
    }
  });
});

describe('a repeated request with an Idempotency-Key', () => {
  it('does not tell the entry again once the right to read is gone', async () => {
    await grant(['read', 'enrol']);
    const [key, body] = [randomUUID(), { list: 'shared', hashes: hashes() }];
    const first = expectOk(entrySchema, await post('/v1/entries', body, key));
    await grant(['enrol']);
    const without = await post('/v1/entries', body, key);
    expect([without.status, problemOf(without).code]).toEqual([403, 'forbidden']);
    await grant([]);
    expect((await post('/v1/entries', body, key)).status).toBe(404);
    await grant(['read', 'enrol']);
    expect((await post('/v1/entries', body, key)).body).toEqual(first);
  });

  it('does not repeat a confirmation once the right to verify is gone', async () => {
    await grant(['read', 'verify']);
    const { id } = await on.client.enrolHashes(hashes(), 'shared');
    const [key, path] = [randomUUID(), `/v1/entries/${id}/confirm`];
    expect((await post(path, {}, key)).status).toBe(200);
    await grant(['read']);
    expect((await post(path, {}, key)).status).toBe(403);
    await grant([]);
    expect((await post(path, {}, key)).status).toBe(404);
  });
});

describe('a CyberTipline draft', () => {
  it('says that the content of a synthetic entry is generated, whatever its class', async () => {
    const content = hashes();
    const answer = await on.client
      .as('analyst')
      .json('POST', '/v1/entries', { list: 'illegal', class: 'csam_a1', synthetic: true, hashes: content });
    expect(expectOk(entrySchema, answer).synthetic).toBe(true);
    const { requestId } = await on.client.matchHashes(content);
    const facts = { reporter: { email: 'duty@example.com' }, file: { viewedByEsp: true } };
    const draft = await on.client.json('POST', `/v1/matches/${requestId}/drafts/cybertipline`, facts);
    expect(draft.body).toContain('<generativeAi/>');
  });
});

describe('hashes of queries', () => {
  it('are not stored for an organisation that opted out before they were written', async () => {
    const { stores, database } = await openTestDatabase(on.service.database);
    const asked = { hex: randomHash(random), askedAt: new Date() };
    const hits = () => stores.recentQueries.hits([asked.hex], 0, 10);
    await stores.organisations.configure('others', setup, (settings) => ({ ...settings, queryHours: 2 }));
    await stores.recentQueries.add([
      { ...asked, organisation: 'others' },
      { ...asked, organisation: 'tests' },
    ]);
    expect(await hits()).toEqual({ asked: 1, hit: 1 });
    await stores.organisations.configure('others', setup, (settings) => ({ ...settings, queryHours: 0 }));
    await stores.recentQueries.add([{ ...asked, organisation: 'others' }]);
    expect(await hits()).toEqual({ asked: 0, hit: 0 });
    await database.close();
  });
});

describe('a time that the database cannot hold', () => {
  it.each(['2027-01-01T00:00:00+23:59', '2027-01-01T00:00:00-23:59'])('is taken with a large offset: %s', async (expiresAt) => {
    const entry = { list: 'known', hashes: hashes(), expiresAt };
    const { body } = await on.client.as('analyst').json('POST', '/v1/entries', entry);
    expect(body).toMatchObject({ expiresAt: new Date(expiresAt).toISOString() });
  });

  it('is refused after the year 9999 of UTC', async () => {
    const entry = { list: 'known', hashes: hashes(), expiresAt: '9999-12-31T23:00:00-10:00' };
    const answer = await on.client.as('analyst').json('POST', '/v1/entries', entry);
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining('expiresAt')]);
  });

  it.each(['-271821-04-20T00:00:00.000Z x', '+275760-09-13T00:00:00.000Z x', '-000001-01-01T00:00:00.000Z x'])(
    'is refused in a cursor: %s',
    async (cursor) => {
      const answer = await on.client.call('GET', `/v1/matches?cursor=${encodeURIComponent(cursor)}`);
      expect([answer.status, problemOf(answer).code]).toEqual([400, 'bad_request']);
    },
  );
});
