import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { exchangeSchema } from '../../src/http/schemas/exchange.js';
import { importSchema } from '../../src/http/schemas/import.js';
import { problemOf } from '../support/client.js';
import { type NcmecEntry, NcmecServer } from '../support/exchange-servers/ncmec.js';
import { StopnciiServer } from '../support/exchange-servers/stopncii.js';
import { FeedServer } from '../support/exchange-servers/vigie.js';
import { hashNamed } from '../support/import-files.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService();
const credentials = { username: 'vigie', password: 'secret' };
const longAgo = Math.floor(Date.parse('2026-01-01T00:00:00Z') / 1_000);
/** The newest seconds that a fetch reads: it leaves out the last five, and reads five again. */
const lately = () => Math.floor(Date.now() / 1_000) - 7;
let ncmec: NcmecServer;
let exchanges = 0;

beforeAll(async () => {
  ncmec = await NcmecServer.start();
});
afterAll(async () => ncmec.http.stop());
beforeEach(() => ncmec.reset());

type Shown = z.output<typeof exchangeSchema>;

const operator = () => on.client.as('operator');
const md5Of = (name: string) => hashNamed('md5', name);
const entry = (id: string, changes: Partial<NcmecEntry> = {}): NcmecEntry => ({
  ...{ member: '42', id, at: longAgo, classification: 'A1', fingerprints: { md5: md5Of(id) } },
  ...changes,
});
const isFound = async (name: string) => (await on.client.matchHashes({ md5: md5Of(name) })).matches.length > 0;

async function create(changes: object = {}): Promise<Shown> {
  const id = `ncmec-${++exchanges}`;
  const asked = { id, kind: 'ncmec', list: 'known', baseUrl: ncmec.url, credentials, everySeconds: 3_600, ...changes };
  const { status, body } = await operator().json('POST', '/v1/exchanges', asked);
  expect(status, JSON.stringify(body)).toBe(201);
  return exchangeSchema.parse(body);
}

async function read(id: string): Promise<Shown> {
  const { body } = await operator().call('GET', '/v1/exchanges');
  const found = exchangeSchema
    .array()
    .parse((body as { items: unknown }).items)
    .find((one) => one.id === id);
  if (!found) throw new Error(`there is no exchange ${id}`);
  return found;
}

/** Fetches now, and returns the state after the attempt. */
async function fetched(id: string): Promise<Shown> {
  const before = await read(id);
  await operator().json('POST', `/v1/exchanges/${id}/fetch`, {});
  return until('the exchange is fetched', 10_000, async () => {
    const { status, ...one } = await read(id);
    const ended = status.succeededAt !== before.status.succeededAt || status.errors > before.status.errors;
    return ended ? { ...one, status } : undefined;
  });
}

const delivered = (id: string) => until('the first fetch', 10_000, async () => (await read(id)).status.succeededAt);

describe('an exchange', () => {
  it('brings the records of the service, which then match', async () => {
    ncmec.put(entry('first'));
    const { id } = await create();
    await delivered(id);
    expect(await isFound('first')).toBe(true);
    expect((await read(id)).status).toMatchObject({ failures: 0, fault: null, fetched: 1, withdrawn: 0 });
  });

  it('ends the match of a record that the service took back', async () => {
    ncmec.put(entry('mistake'));
    const { id } = await create();
    await delivered(id);
    ncmec.put(entry('mistake', { at: lately(), deleted: true, fingerprints: {} }));
    await fetched(id);
    expect(await isFound('mistake')).toBe(false);
  });

  it('ends the match of a record whose hashes are all of a kind that Vigie does not know', async () => {
    ncmec.put(entry('shrinking'));
    const { id } = await create();
    await delivered(id);
    ncmec.put(entry('shrinking', { at: lately(), fingerprints: { netclean: 'x' } }));
    await fetched(id);
    expect(await isFound('shrinking')).toBe(false);
  });

  it('keeps its claims: no file comes under its name', async () => {
    const { id } = await create();
    const answer = await on.client.as('analyst').call('POST', `/v1/imports?list=known&source=${id}&replace=true`, {
      body: `md5 ${md5Of('elsewhere')}\n`,
      headers: { 'content-type': 'application/octet-stream' },
    });
    expect(problemOf(answer)).toMatchObject({ status: 400, detail: expect.stringContaining(id) });
  });

  it('leaves content that another source lists as well', async () => {
    await on.client.enrolHashes({ md5: md5Of('shared') });
    ncmec.put(entry('shared'));
    const { id } = await create();
    await delivered(id);
    ncmec.put(entry('shared', { at: lately(), deleted: true, fingerprints: {} }));
    await fetched(id);
    expect(await isFound('shared')).toBe(true);
  });

  it('says why it fails, keeps its records, and works again by itself', async () => {
    ncmec.put(entry('kept'));
    const { id } = await create();
    await delivered(id);
    await operator().json('PATCH', `/v1/exchanges/${id}`, { credentials: { ...credentials, password: 'wrong' } });
    const { status } = await until('the failure', 10_000, async () => {
      const one = await read(id);
      return one.status.failures > 0 ? one : undefined;
    });
    expect(status).toMatchObject({ fault: 'refused', error: expect.stringContaining('/industry/v2/entries') });
    expect(status.error).not.toContain('wrong');
    expect(await isFound('kept')).toBe(true);
    await operator().json('PATCH', `/v1/exchanges/${id}`, { credentials });
    await until('the next success', 10_000, async () => (await read(id)).status.failures === 0);
  });

  it('that does not wait until something is new is asked about once a second', async () => {
    const feed = await FeedServer.start();
    const id = `feed-${++exchanges}`;
    const asked = { id, kind: 'vigie', list: 'known', baseUrl: feed.http.url, credentials: { key: 'vgk_reader' } };
    await operator().json('POST', '/v1/exchanges', { ...asked, options: { list: 'ncii', wait: '0' } });
    await until('the first reading', 10_000, () => feed.http.asked.length > 2);
    const [before, startedAt] = [feed.http.asked.length, performance.now()];
    await until('further questions', 10_000, () => feed.http.asked.length >= before + 3);
    expect(performance.now() - startedAt).toBeGreaterThan(1_000);
    await operator().call('DELETE', `/v1/exchanges/${id}`);
    await feed.http.stop();
  });

  it('that is switched off fetches nothing, also when asked', async () => {
    const { id } = await create();
    await delivered(id);
    await operator().json('PATCH', `/v1/exchanges/${id}`, { enabled: false });
    const answer = await operator().json('POST', `/v1/exchanges/${id}/fetch`, {});
    expect(problemOf(answer)).toMatchObject({ status: 409, detail: expect.stringContaining('switched off') });
  });

  it('is gone after its deletion, and its entries stay', async () => {
    ncmec.put(entry('orphan'));
    const { id } = await create();
    await delivered(id);
    expect((await operator().call('DELETE', `/v1/exchanges/${id}`)).status).toBe(204);
    await expect(read(id)).rejects.toThrow('there is no exchange');
    expect(await isFound('orphan')).toBe(true);
  });
});

describe('an exchange that is told everything again', () => {
  const record = (name: string) => ({
    ...{ lastModtimestamp: 1_900_000_000, signalType: 'VideoMD5', hashValue: md5Of(name), hashStatus: 'Active' },
    caseNumbers: { one: 'Active' },
  });
  const importOf = async (id: string) => {
    const { body } = await on.client.as('analyst').call('GET', '/v1/imports?list=small');
    return importSchema
      .array()
      .parse((body as { items: unknown }).items)
      .find(({ source }) => source === id);
  };

  it('asks a person before it withdraws many missing records, or all, and continues afterwards', async () => {
    const stopncii = await StopnciiServer.start();
    const limits = { withdrawalsAnHour: 1, disputesAfter: 2, floodAnHour: 1_000 };
    const list = { id: 'small', title: 'Small', class: 'ncii_adult', action: 'hold_for_review', organisation: 'tests', limits };
    await operator().json('POST', '/v1/lists', list);
    for (const name of ['one', 'two', 'three']) stopncii.put(record(name));
    const credentials = { functionKey: 'function', subscriptionKey: 'subscription' };
    const { id } = await create({ kind: 'stopncii', list: 'small', baseUrl: stopncii.url, credentials });
    await delivered(id);
    expect(await isFound('two')).toBe(true);
    stopncii.records.clear();
    stopncii.put(record('one'));
    await operator().json('PATCH', `/v1/exchanges/${id}`, { startOver: true });
    const waiting = await until('the import', 10_000, async () => {
      const one = await importOf(id);
      return one?.state === 'waiting' ? one : undefined;
    });
    expect([waiting.report.ended, await isFound('two')]).toEqual([2, true]);
    const { status } = await fetched(id);
    expect(status).toMatchObject({ fault: 'unusable', error: expect.stringContaining(waiting.id) });

    const confirmed = await on.client.as('analyst').json('POST', `/v1/imports/${waiting.id}/confirm`, {});
    expect(confirmed.status).toBe(200);
    expect([await isFound('one'), await isFound('two')]).toEqual([true, false]);
    expect((await fetched(id)).status).toMatchObject({ failures: 0, fault: null });

    stopncii.records.clear();
    await operator().json('PATCH', `/v1/exchanges/${id}`, { startOver: true });
    await until('the import of nothing', 10_000, async () => (await importOf(id))?.state === 'waiting');
    expect(await isFound('one')).toBe(true);
    await stopncii.http.stop();
  });
});

describe('an exchange is shown', () => {
  it('without its credentials', async () => {
    const { id } = await create({ credentials: { username: 'vigie', password: 'a-long-secret' } });
    const { body } = await operator().call('GET', '/v1/exchanges');
    expect(JSON.stringify(body)).toContain(id);
    expect(JSON.stringify(body)).not.toContain('a-long-secret');
  });

  it('to those who may read its list, and to nobody else', async () => {
    const { id } = await create();
    const seenBy = async (client: typeof on.client) => JSON.stringify((await client.call('GET', '/v1/exchanges')).body);
    expect(await seenBy(on.client.as('analyst'))).toContain(id);
    await operator().json('PUT', '/v1/lists/known/grants/others', { rights: [] });
    expect(await seenBy(on.client.as('analyst', 'others'))).not.toContain(id);
  });
});

describe('an exchange is refused', () => {
  const refused = (changes: object) =>
    operator().json('POST', '/v1/exchanges', {
      ...{ id: 'refused', kind: 'ncmec', list: 'known', baseUrl: ncmec.url, credentials, ...changes },
    });

  it.each<[string, object, string]>([
    ['of an unknown kind', { kind: 'fax' }, 'kind'],
    ['without an address, if the kind has none of its own', { baseUrl: undefined }, 'baseUrl'],
    ['over http to another machine', { baseUrl: 'http://example.org' }, 'https'],
    ['without a credential', { credentials: { username: 'vigie' } }, 'password'],
    ['with an unknown credential', { credentials: { ...credentials, token: 'x' } }, 'token'],
    ['with an unknown option', { options: { speed: 'fast' } }, 'speed'],
  ])('%s', async (_, changes, named) => {
    const answer = await refused(changes);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain(named);
  });

  it('into a list that does not exist', async () => {
    expect((await refused({ list: 'nowhere' })).status).toBe(404);
  });

  it('with the id of another one', async () => {
    const { id } = await create();
    expect((await refused({ id })).status).toBe(409);
  });

  it('with a new address and the old credentials', async () => {
    const { id } = await create();
    const answer = await operator().json('PATCH', `/v1/exchanges/${id}`, { baseUrl: 'https://example.org' });
    expect(problemOf(answer)).toMatchObject({ status: 400, detail: expect.stringContaining('credentials') });
  });
});
