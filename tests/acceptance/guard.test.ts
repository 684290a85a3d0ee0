import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { setup } from '../../src/domain/actor.js';
import type { KeyLimits } from '../../src/domain/key.js';
import { batchAnswerSchema } from '../../src/http/schemas/verdict.js';
import { documentsOf } from '../support/cli.js';
import { type Client, expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { flipBits, photograph, randomFrom, randomHash } from '../support/images.js';
import { createKey } from '../support/keys.js';
import { RawConnection } from '../support/raw.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const on = useService({ env: { VIGIE_PROBES_ALERT: '20', VIGIE_PROBES_BANDS: '40' } });
const random = randomFrom(101);

async function platformKey(limits: Partial<KeyLimits> = {}): Promise<{ id: string; key: string; client: Client }> {
  const { id, key } = await createKey(on.service.database, { organisation: 'tests', role: 'platform', ...limits });
  const client = on.client.withKey(key);
  // 400: the body is missing. 401: the key is unknown.
  await until('the key is accepted', 1_000, async () => (await client.call('POST', '/v1/match/batch')).status === 400);
  return { id, key, client };
}

const metric = async (name: string) =>
  Number(new RegExp(`^${name} (\\S+)`, 'm').exec(await (await fetch(on.service.metricsUrl)).text())?.[1]);

describe('a key with a quota of three matches per minute', () => {
  let key: Awaited<ReturnType<typeof platformKey>>;
  const match = () => key.client.json('POST', '/v1/match', { hashes: { pdq: randomHash(random) } });
  const item = (id: string) => ({ id, hashes: { pdq: randomHash(random) } });
  beforeAll(async () => {
    key = await platformKey({ quotaMinute: 3 });
  });

  it('is answered three times, then 429 with Retry-After, before the body is read', async () => {
    for (let time = 0; time < 3; time++) expect((await match()).status).toBe(200);
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/match', { authorization: `Bearer ${key.key}`, 'content-length': '1000000' });
    const answer = await connection.answer();
    expect([answer.status, problemOf(answer).code]).toEqual([429, 'too_many_requests']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    connection.close();
    expect(await metric('vigie_quota_refusals_total')).toBeGreaterThan(0);
  });

  it('may still hash: the quota limits matches', async () => {
    expect((await key.client.hash(await photograph(1, { width: 200, height: 150 }))).hashes).toHaveProperty('pdq');
  });

  it('counts batches by item', async () => {
    const fresh = await platformKey({ quotaMinute: 3 });
    const batch = (...ids: string[]) => fresh.client.json('POST', '/v1/match/batch', { items: ids.map(item) });
    expect([(await batch('a', 'b')).status, (await batch('c', 'd')).status, (await batch('e')).status]).toEqual([200, 429, 200]);
    expect((await batch('f')).status).toBe(429);
  });

  it('gets an error for each line of a stream beyond the quota', async () => {
    const { client } = await platformKey({ quotaMinute: 3 });
    const body = Array.from({ length: 70 }, (_, at) => JSON.stringify(item(`${at}`))).join('\n');
    const answer = await client.call('POST', '/v1/match/batch', { body, headers: { 'content-type': 'application/x-ndjson' } });
    const codes = documentsOf(String(answer.body)).map(({ error }) => z.object({ code: z.string() }).safeParse(error).data?.code);
    expect(codes).toEqual([undefined, undefined, undefined, ...Array<string>(67).fill('too_many_requests')]);
  });
});

describe('a key of low trust', () => {
  it('is told actions, and no more than that something matched', async () => {
    const { client } = await platformKey({ trust: 'low' });
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 });
    const near = (bits: number) => client.matchHashes({ pdq: flipBits(pdq, bits, random), quality: 100 });
    const [tight, wide] = [await near(9), await near(25)];
    expect(tight).toMatchObject({
      verdict: 'remove',
      matches: [{ list: 'known', entry: null, band: null, distance: null, threshold: null, corroborated: null }],
    });
    expect(wide).toMatchObject({ verdict: 'hold_for_review', matches: [{ entry: null, band: null, distance: null }] });
  });

  it('is told no more in batches', async () => {
    const { client } = await platformKey({ trust: 'low' });
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 });
    const answer = await client.json('POST', '/v1/match/batch', { items: [{ id: 'a', hashes: { pdq, quality: 100 } }] });
    const { results } = expectOk(batchAnswerSchema, answer);
    expect(results).toMatchObject([{ id: 'a', verdict: 'remove', matches: [{ band: null, distance: null }] }]);
  });
});

describe('a key that queries many variants of one picture', () => {
  it('raises an alert that contains no hash, and is told bands beyond the limit', async () => {
    const { id, client } = await platformKey();
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 });
    const ask = async (by: Client) => (await by.matchHashes({ pdq: flipBits(pdq, 8, random), quality: 100 })).matches[0];
    expect(await ask(client)).toMatchObject({ band: 'tight', distance: 8 });
    const items = Array.from({ length: 70 }, (_, at) => ({
      id: `${at}`,
      hashes: { pdq: flipBits(pdq, 8, random), quality: 100 },
    }));
    await client.json('POST', '/v1/match/batch', { items });
    expect(await ask(client)).toMatchObject({ band: 'tight', distance: null, action: 'remove' });
    expect(await ask(on.client)).toMatchObject({ distance: 8 });
    expect(await on.service.logged('a key asks for many near variants of one picture')).toMatchObject({ key: id });
    expect(on.service.output()).not.toContain(pdq);
    for (const { hashes } of items) expect(on.service.output()).not.toContain(hashes.pdq);
    expect([await metric('vigie_probing_alerts_total'), await metric('vigie_probing_limited_keys')]).toEqual([3, 1]);
  });

  it('raises an alert also if it sends images', async () => {
    const { id, client } = await platformKey();
    for (let probe = 0; probe < 4; probe++) await client.match(await photograph(200 + probe, { width: 120, height: 90 }));
    const alerts = () => on.service.log.filter((line) => 'key' in line && line.key === id).length;
    expect(alerts()).toBe(0);
    const { hashes } = await client.match(await photograph(300, { width: 120, height: 90 }));
    for (let probe = 0; probe < 150; probe++) await client.matchHashes({ pdq: flipBits(hashes.pdq ?? '', 8, random) });
    expect(alerts()).toBeGreaterThan(0);
  });
});

describe('a key that sends variants as a client of Arachnid Shield', () => {
  it('is counted, also after a hash that cannot be matched', async () => {
    const { client } = await platformKey();
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 });
    const sent = ['0'.repeat(64), ...Array.from({ length: 70 }, () => flipBits(pdq, 8, random))];
    const hashes = sent.map((hex) => Buffer.from(hex, 'hex').toString('base64'));
    const { status, headers } = await client.json('POST', '/v1/pdq/', { hashes });
    const verdict = await client.call('GET', `/v1/matches/${headers.get('x-request-id')}-70`);
    expect([status, verdict.body]).toMatchObject([200, { matches: [{ distance: null }] }]);
  });
});

describe('a platform that may match a list but not read it', () => {
  it('cannot recover a stored hash with one query per bit in one batch, and raises an alert', async () => {
    const { id, key } = await createKey(on.service.database, { organisation: 'others', role: 'platform' });
    const client = on.client.withKey(key);
    await until('the key is accepted', 1_000, async () => (await client.call('POST', '/v1/match/batch')).status === 400);
    await on.client.createList({ id: 'secret', title: 'Secret', class: 'ncii_adult', action: 'remove', organisation: 'tests' });
    await on.client.as('operator').json('PUT', '/v1/lists/secret/grants/others', { rights: ['match'] });
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 }, 'secret');
    const near = flipBits(pdq, 6, random);
    const queries = [near, ...Array.from({ length: 256 }, (_, bit) => withBit(near, bit))];
    const items = queries.map((query, at) => ({ id: `${at}`, hashes: { pdq: query, quality: 100 } }));
    const { results } = expectOk(batchAnswerSchema, await client.json('POST', '/v1/match/batch', { items }));
    const verdicts = results.map((result) => ('verdict' in result ? result : undefined));
    expect(new Set(verdicts.map((one) => one?.verdict)).size).toBe(1);
    const [base, ...flipped] = verdicts.map((one) => one?.matches[0]?.distance ?? null);
    const nearer = flipped.flatMap((distance, bit) =>
      distance !== null && base !== null && distance < (base ?? 0) ? [bit] : [],
    );
    expect(nearer.reduce(withBit, near)).not.toBe(pdq);
    expect(flipped.slice(200).every((distance) => distance === null)).toBe(true);
    expect(on.service.log.filter((line) => 'key' in line && line.key === id)).not.toEqual([]);
  });
});

function withBit(hash: string, place: number): string {
  const bytes = Buffer.from(hash, 'hex');
  bytes[place >> 3] = (bytes[place >> 3] ?? 0) ^ (1 << (place & 7));
  return bytes.toString('hex');
}

describe('an organisation that chose bands', () => {
  it('is told no distances', async () => {
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 });
    const ask = async () => (await on.client.matchHashes({ pdq, quality: 100 })).matches[0]?.distance;
    expect(await ask()).toBe(0);
    const { database, stores } = await openTestDatabase(on.service.database);
    await stores.organisations.configure('tests', setup, (settings) => ({ ...settings, tells: 'bands' }));
    await database.close();
    await until('the server knows', 1_000, async () => (await ask()) === null);
  });
});
