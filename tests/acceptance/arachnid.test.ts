/** Sends what the clients of Arachnid Shield send: `arachnid-shield-sdk` for TypeScript and Python, the Rust crate and the PHP package. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemSchema } from '../../src/http/schemas/problem.js';
import type { Answer } from '../support/client.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
import { createKey } from '../support/keys.js';
import { image, RemoteServer } from '../support/remote-server.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService({ env: { VIGIE_FETCH: 'on', VIGIE_FETCH_PRIVATE: '127.0.0.1/32', VIGIE_MAX_IMAGE_BYTES: '400000' } });
const pdq = randomHash(randomFrom(17));
const unknown = randomHash(randomFrom(18));
const bytesOf = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
const upper = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex').toUpperCase();
const jsonType = { 'content-type': 'application/json; charset=utf-8' };
let removed: Buffer;
let reported: Buffer;
let remote: RemoteServer;

beforeAll(async () => {
  [removed, reported] = await Promise.all([photograph(301), photograph(302)]);
  await on.client.enrol(removed, 'known');
  await on.client.enrol(reported, 'illegal');
  await on.client.enrolHashes({ pdq, quality: 100 }, 'illegal');
  remote = await RemoteServer.start({ '/a.jpg': image(removed) });
  const fetchesFrom = [`127.0.0.1:${remote.port}`];
  await on.client.as('operator').json('PATCH', '/v1/organisations/tests', { fetchesFrom });
});
afterAll(() => remote.stop());

/** `fetch` allows no user name in a URL, and neither do its clients: they send the header. */
function shield(
  path: string,
  body: Uint8Array | string,
  headers: Record<string, string>,
  key = keyOf('platform'),
): Promise<Answer> {
  const authorization = `Basic ${Buffer.from(`anybody:${key}`).toString('base64')}`;
  return on.client.call('POST', path, { body, headers: { authorization, ...headers } });
}

const scan = (bytes: Uint8Array, type = 'image/jpeg') => shield('/v1/media/', bytes, { 'content-type': type });
const scanUrl = (url: string) => shield('/v1/url/', JSON.stringify({ url }), jsonType);
const scanPdq = (body: unknown, key?: string) => shield('/v1/pdq/', JSON.stringify(body), jsonType, key);
const nothing = { classification: 'no-known-match', match_type: null };

describe('POST /v1/media/', () => {
  it('answers with the hashes of the file that was sent, and with none of a list', async () => {
    const { status, body } = await scan(reported);
    expect([status, body]).toEqual([
      200,
      {
        sha1_base32: expect.stringMatching(/^[A-Z2-7]{32}$/),
        sha256_hex: upper('sha256', reported),
        classification: 'csam',
        match_type: 'exact',
        size_bytes: reported.length,
        near_match_details: [],
      },
    ]);
  });

  it('writes SHA-1 in base32 as RFC 4648 does', async () => {
    const empty = Buffer.from('not an image, but its digests are known');
    await on.client.enrolHashes({ sha256: upper('sha256', empty) }, 'known');
    expect((await scan(empty, 'text/plain')).body).toMatchObject({
      sha1_base32: base32(upper('sha1', empty)),
      match_type: 'exact',
    });
  });

  it.each([
    ['an exact copy', async () => removed, { classification: 'harmful-abusive-material', match_type: 'exact' }],
    ['a copy that is nearly the same', () => photograph(301, { width: 320, height: 240 }), { match_type: 'near' }],
    ['another picture', () => photograph(399), nothing],
  ])('classifies %s', async (_what, picture, expected) => {
    expect((await scan(await picture())).body).toMatchObject(expected);
  });

  it.each(['image/jpeg', 'video/mp4', 'application/octet-stream', 'application/json', 'multipart/form-data'])(
    'takes media of type %s as bytes',
    async (type) => {
      expect((await scan(removed, type)).body).toMatchObject({ match_type: 'exact' });
    },
  );

  it('takes media without a type', async () => {
    expect((await shield('/v1/media/', removed, {})).body).toMatchObject({ match_type: 'exact' });
  });

  it('answers with an error to what cannot be matched, because clients let "no-known-match" through', async () => {
    const { status, body } = await scan(Buffer.from('no picture'), 'video/mp4');
    const detail = 'the media cannot be matched (not_an_image), so there is no verdict: hold it';
    expect([status, body]).toEqual([422, { detail }]);
    const metrics = await (await fetch(on.service.metricsUrl)).text();
    expect(metrics).toMatch(/^vigie_verdicts_total\{route="\/v1\/media",verdict="unscannable"\} 1$/m);
  });

  it('keeps the verdict, under the id of the request', async () => {
    const { headers } = await scan(removed);
    const verdict = await on.client.call('GET', `/v1/matches/${headers.get('x-request-id')}`);
    expect(verdict.body).toMatchObject({ verdict: 'remove' });
  });
});

describe('POST /v1/url/', () => {
  it('classifies what is at the URL', async () => {
    const { body } = await scanUrl(remote.url('/a.jpg'));
    expect(body).toMatchObject({ classification: 'harmful-abusive-material', match_type: 'exact', size_bytes: removed.length });
  });

  it.each([
    ['http://169.254.169.254/', /^url: Vigie does not fetch this URL/],
    ['nonsense', /^url: Vigie does not fetch this URL/],
  ])('refuses %s', async (url, detail) => {
    expect(await scanUrl(url)).toMatchObject({ status: 400, body: { detail: expect.stringMatching(detail) } });
  });

  it('says that a file is missing', async () => {
    expect((await scanUrl(remote.url('/b.jpg'))).body).toEqual({ detail: expect.stringContaining('it answered 404') });
  });
});

describe('POST /v1/pdq/', () => {
  const known = bytesOf(pdq);
  const other = bytesOf(unknown);
  // Without its quality it removes nothing, so it is no `csam` either.
  const found = { classification: 'harmful-abusive-material', match_type: 'near', near_match_details: null };

  it.each([
    ['an object', { hashes: [known, other] }],
    ['an array', [known, other]],
  ])('answers each hash by its own text: %s', async (_what, body) => {
    const answer = await scanPdq(body);
    expect(answer.body).toEqual({ scanned_hashes: { [known]: found, [other]: { ...nothing, near_match_details: null } } });
  });

  it('answers a match also beside a hash that cannot be matched, which gets no answer', async () => {
    const flat = bytesOf('0'.repeat(64));
    expect((await scanPdq([flat, known])).body).toEqual({ scanned_hashes: { [known]: found } });
    const detail = 'hashes.1: cannot be matched (flat), so there is no verdict: hold it';
    expect(await scanPdq([other, flat])).toMatchObject({ status: 422, body: { detail } });
  });

  it.each([[[]], [{ hashes: [] }]])('answers %j with nothing', async (body) => {
    expect((await scanPdq(body)).body).toEqual({ scanned_hashes: {} });
  });

  it.each([
    [{ hashes: [pdq] }, 'hashes.0: must be 32 bytes in base64'],
    [{ hashes: [known, 'AAAA'] }, 'hashes.1: must be 32 bytes in base64'],
    [{ hashes: Array(1_001).fill(known) }, 'hashes: must hold at most 1000 hashes'],
    [{}, 'hashes: Invalid input: expected array, received undefined'],
  ])('refuses a malformed body', async (body, detail) => {
    expect(await scanPdq(body)).toMatchObject({ status: 400, body: { detail } });
  });

  it('counts each hash against the quota', async () => {
    const limits = { trust: 'low', quotaMinute: 3, quotaDay: null } as const;
    const { key } = await createKey(on.service.database, { organisation: 'tests', role: 'platform', ...limits });
    await expect.poll(async () => (await scanPdq([known, other], key)).status, { timeout: 10_000 }).toBe(200);
    const { status, headers, body } = await scanPdq([known, other], key);
    expect([status, Number(headers.get('retry-after')) > 0]).toEqual([429, true]);
    expect(body).toEqual({ detail: expect.stringContaining('quota') });
  });
});

describe('an error', () => {
  const none = { authorization: '' };

  it.each<[string, number, () => Promise<Answer>]>([
    ['no key', 401, () => shield('/v1/media/', removed, none)],
    ['a wrong key', 401, () => shield('/v1/pdq/', '[]', jsonType, 'nonsense')],
    ['another role', 403, () => shield('/v1/pdq/', '[]', jsonType, keyOf('analyst'))],
    ['no body', 400, () => shield('/v1/media/', '', {})],
    ['no JSON', 400, () => shield('/v1/url/', '{', jsonType)],
    ['large media', 413, () => scan(new Uint8Array(400_001))],
    ['compressed media', 415, () => shield('/v1/media/', removed, { 'content-encoding': 'gzip' })],
    ['another method', 405, () => on.client.call('GET', '/v1/media/')],
    ['a longer path', 404, () => on.client.call('POST', '/v1/media/submit')],
  ])('because of %s is only a detail', async (_why, status, ask) => {
    const { headers, ...answer } = await ask();
    expect(answer).toEqual({ status, body: { detail: expect.any(String) } });
    expect(headers.get('content-type')).toContain('application/json');
  });

  it('of another route stays as it is', async () => {
    expect(problemSchema.parse((await on.client.call('GET', '/v1/nowhere')).body).code).toBe('not_found');
  });
});

it('a key may come as a Bearer as well', async () => {
  const headers = { authorization: `Bearer ${keyOf('platform')}`, ...jsonType };
  expect((await shield('/v1/pdq/', '[]', headers)).status).toBe(200);
});

/** By groups of five bits, as the RFC says it. */
function base32(hex: string): string {
  const bits = [...Buffer.from(hex, 'hex')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{5}/g) ?? [];
  return groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(group, 2)]).join('');
}
