/** What Coop, FetLife's client and policyserv send, and what they read. */
import { beforeAll, describe, expect, it } from 'vitest';
import { Client } from '../../support/client.js';
import { callHma, fileForm, type HmaInit } from '../../support/hma.js';
import { photograph, randomFrom, randomHash } from '../../support/images.js';
import { image, RemoteServer, send } from '../../support/remote-server.js';
import { useHma } from '../../support/use-hma.js';

const fetching = { VIGIE_FETCH: 'on', VIGIE_FETCH_PRIVATE: '127.0.0.1/32' };
const on = useHma((keys) => ({ VIGIE_HMA_PORT: '0', VIGIE_HMA_KEY: keys.coop, ...fetching }));
const random = randomFrom(2026);
const lookup = (type: string, signal: string) =>
  `/m/lookup?${new URLSearchParams({ signal_type: type, ...(signal !== '' && { signal }) })}`;

describe('Coop, which can send no key', () => {
  let base: string;
  /** Its default base URL ends in a slash. */
  const coop = (method: string, path: string, init?: HmaInit) => callHma(`${base}/`, method, path, init);
  beforeAll(async () => {
    base = String((await on.service.logged('listening')).hma);
  });

  it('makes a bank with its ratio as text, and changes the ratio', async () => {
    const created = await coop('POST', '/c/banks', { json: { name: 'COOP_ORG_SPAM', enabled_ratio: '1' } });
    expect([created.status, created.text]).toEqual([201, '{"matching_enabled_ratio":1.0,"name":"COOP_ORG_SPAM"}']);
    expect((await coop('PUT', '/c/bank/COOP_ORG_SPAM', { json: { enabled_ratio: 0.5 } })).body).toEqual({
      matching_enabled_ratio: 0.5,
      name: 'COOP_ORG_SPAM',
    });
    expect((await coop('GET', '/c/bank/COOP_ORG_SPAM')).status).toBe(200);
  });

  it('renames a bank by making another one, and back', async () => {
    for (const [made, deleted] of [
      ['COOP_ORG_NEW', 'COOP_ORG_SPAM'],
      ['COOP_ORG_SPAM', 'COOP_ORG_NEW'],
    ]) {
      expect((await coop('POST', '/c/banks', { json: { name: made, enabled_ratio: '1' } })).status).toBe(201);
      expect((await coop('DELETE', `/c/bank/${deleted}`)).status).toBe(200);
      expect((await coop('GET', `/c/bank/${deleted}`)).status).toBe(404);
    }
  });

  it('hashes a picture, looks up each hash that it was given, and finds its bank', async () => {
    const picture = await photograph(3);
    const added = await coop('POST', '/c/bank/COOP_ORG_SPAM/content', {
      form: fileForm('photo', picture, { content_id: 'item-1', content_uri: 'https://x.example/1' }),
    });
    const { id, signals } = added.body as { id: number; signals: { pdq: string } };
    const hashes = (await coop('POST', '/h/hash', { form: fileForm('photo', picture) })).body as Record<string, string>;
    expect(Object.keys(hashes).sort()).toEqual(['md5', 'pdq', 'sha1', 'sha256']);
    expect(hashes.pdq).toBe(signals.pdq);
    for (const [type, signal] of Object.entries(hashes)) {
      expect((await coop('GET', lookup(type, signal))).body).toEqual({ COOP_ORG_SPAM: [{ bank_content_id: id, distance: '0' }] });
    }
    const shown = (await coop('GET', `/c/bank/COOP_ORG_SPAM/content/${id}`)).body;
    expect(shown).toMatchObject({ metadata: { content_id: 'item-1', content_uri: 'https://x.example/1' } });
  });

  it('is refused a picture by URL until an operator allows it', async () => {
    const url = encodeURIComponent('https://pictures.example/1.jpg');
    expect(await coop('GET', `/h/hash?url=${url}`)).toMatchObject({
      status: 400,
      body: { message: 'Invalid or unsafe URL provided' },
    });
    const query = `url=${url}&content_id=1&content_uri=${url}&metadata=${encodeURIComponent('{"a":1}')}`;
    expect((await coop('POST', `/c/bank/COOP_ORG_SPAM/content?${query}`)).status).toBe(400);
  });

  it('hashes, looks up and adds a picture by its URL once an operator allows it', async () => {
    const picture = await photograph(4);
    const remote = await RemoteServer.start({
      '/1.jpg': image(picture),
      '/text': (socket) => send(socket, ['content-type: text/plain', 'content-length: 5'], 'hello'),
    });
    const operator = new Client(on.service.url).as('operator');
    await operator.json('PATCH', '/v1/organisations/coop', { fetchesFrom: [`127.0.0.1:${remote.port}`] });
    const url = encodeURIComponent(remote.url('/1.jpg'));
    const query = `url=${url}&content_id=1&content_uri=${url}&metadata=${encodeURIComponent('{"a":1}')}`;
    const { id, signals } = (await coop('POST', `/c/bank/COOP_ORG_SPAM/content?${query}`)).body as {
      id: number;
      signals: { pdq: string };
    };
    const shown = (await coop('GET', `/c/bank/COOP_ORG_SPAM/content/${id}`)).body;
    expect(shown).toMatchObject({ metadata: { content_id: '1', content_uri: remote.url('/1.jpg'), json: { a: 1 } } });
    expect((await coop('GET', `/h/hash?url=${url}`)).body).toMatchObject(signals);
    const found = { COOP_ORG_SPAM: [{ bank_content_id: id, distance: '0' }] };
    expect((await coop('GET', `/m/lookup?url=${url}`)).body).toEqual({ pdq: found });
    expect((await coop('GET', `/m/lookup?url=${url}&signal_type=pdq`)).body).toEqual(found);
    const message = async (path: string, more = '') =>
      ((await coop('GET', `/h/hash?url=${encodeURIComponent(remote.url(path))}${more}`)).body as { message: string }).message;
    expect(await message('/text')).toContain("unsupported url ContentType: 'text/plain'");
    expect(await message('/missing')).toMatch(/^Failed to fetch URL: /);
    expect(await message('/1.jpg', '&content_type=sound')).toBe("no such content_type: 'sound'");
    await remote.stop();
  });

  it('leaves the signal out when the picture is flat', async () => {
    expect((await coop('GET', lookup('pdq', ''))).status).toBe(400);
  });

  it('sees that a bank follows no exchange', async () => {
    expect((await coop('GET', '/c/exchange/COOP_ORG_SPAM')).status).toBe(404);
    expect((await coop('GET', '/c/exchange/COOP_ORG_SPAM/status')).status).toBe(404);
  });

  it('lists the types of exchanges, and asks of each whether it has credentials', async () => {
    const types = (await coop('GET', '/c/exchanges/apis')).body as string[];
    const states = await Promise.all(types.map(async (api) => (await coop('GET', `/c/exchanges/api/${api}`)).body));
    const state = { has_set_authentification: false, supports_authentification: expect.any(Boolean) };
    expect(states).toEqual(types.map(() => state));
  });

  it('connects a bank to an exchange, and sets its ratio', async () => {
    const created = await coop('POST', '/c/exchanges', { json: { bank: 'COOP_ORG_SHARED', api: 'sample', api_json: {} } });
    expect([created.status, created.body]).toEqual([201, { message: 'Created successfully' }]);
    expect((await coop('PUT', '/c/bank/COOP_ORG_SHARED', { json: { enabled_ratio: 0.5 } })).status).toBe(200);
    expect((await coop('GET', '/c/exchange/COOP_ORG_SHARED')).body).toMatchObject({ api: 'sample', enabled: true });
    expect((await coop('DELETE', '/c/exchange/COOP_ORG_SHARED')).status).toBe(200);
  });

  it('keeps its banks: nothing but a missing bank answers 404', async () => {
    expect((await coop('GET', `/c/bank/${'A'.repeat(201)}`)).status).toBe(400);
    expect((await callHma(on.service.url, 'GET', '/c/bank/COOP_ORG_SPAM')).status).toBe(401);
    expect((await coop('GET', '/c/bank/COOP_ORG_SPAM/')).status).toBe(200);
  });

  it('reaches nothing but the HMA API on its port', async () => {
    for (const path of ['/v1/matches', '/healthz', '/docs/', '/openapi.json']) expect((await coop('GET', path)).status).toBe(404);
    expect((await coop('GET', '/status')).text).toBe('I-AM-ALIVE');
  });

  it('has no rights in a browser', async () => {
    for (const headers of [{ origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'cross-site' }])
      expect((await coop('GET', '/c/banks', { headers })).status).toBe(403);
  });
});

describe("FetLife's client", () => {
  /** Faraday turns user:password@ into Basic. */
  const fetlife = (method: string, path: string, init: HmaInit = {}) => {
    const authorization = `Basic ${Buffer.from(`anybody:${on.key}`).toString('base64')}`;
    return callHma(on.service.url, method, path, { ...init, headers: { authorization } });
  };

  it('reads ratios as floats', async () => {
    const created = await fetlife('POST', '/c/banks', {
      json: { name: 'FETLIFE', enabled: 'true', matching_enabled_ratio: 1.0 },
    });
    expect([created.status, created.text]).toEqual([201, '{"matching_enabled_ratio":1.0,"name":"FETLIFE"}']);
    expect((await fetlife('PUT', '/c/bank/FETLIFE', { json: { enabled: 'false' } })).text).toContain(
      '"matching_enabled_ratio":0.0',
    );
    expect((await fetlife('GET', '/c/banks')).text).toContain('{"matching_enabled_ratio":0.0,"name":"FETLIFE"}');
    await fetlife('PUT', '/c/bank/FETLIFE', { json: { enabled: 'true' } });
  });

  it('finds arrays of numbers and distances under every key of a lookup', async () => {
    const pdq = randomHash(random);
    await fetlife('POST', '/c/bank/FETLIFE/signal', { json: { pdq } });
    const found = (await fetlife('GET', lookup('pdq', pdq))).body as Record<
      string,
      { bank_content_id: number; distance: string }[]
    >;
    expect(Object.keys(found)).toEqual(['FETLIFE']);
    for (const contents of Object.values(found)) {
      for (const { bank_content_id: id, distance } of contents) {
        expect([Number.isInteger(id), Number.isInteger(Number(distance))]).toEqual([true, true]);
      }
    }
  });

  it('knows refusals by their text', async () => {
    expect((await fetlife('POST', '/c/banks', { json: { name: 'FETLIFE' } })).body).toMatchObject({
      message: expect.stringMatching(/already exists/),
    });
    expect((await fetlife('GET', '/m/raw_lookup?signal_type=pdq&signal=x')).body).toMatchObject({ message: expect.any(String) });
    expect((await fetlife('GET', '/status')).text).toBe('I-AM-ALIVE');
  });
});

describe('policyserv', () => {
  const policyserv = (method: string, path: string, init: HmaInit = {}) =>
    callHma(on.service.url, method, path, { ...init, headers: { authorization: `Bearer ${on.key}` } });

  it('sends bytes without their type, and takes every key of the answer for a bank', async () => {
    const hashed = await policyserv('POST', '/h/hash', { form: fileForm('photo', await photograph(8)) });
    expect(hashed.status).toBe(200);
    const { pdq } = hashed.body as { pdq: string };
    expect((await policyserv('GET', lookup('pdq', pdq))).text).toBe('{}');
  });

  it('takes no error for a match: no key of one is the name of a bank', async () => {
    for (const answer of [
      await policyserv('GET', '/m/lookup?signal_type=pdq&signal='),
      await callHma(on.service.url, 'GET', lookup('pdq', randomHash(random))),
    ]) {
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(Object.keys(answer.body as object).filter((key) => /^[A-Z_]/.test(key))).toEqual([]);
    }
  });
});

describe('POST /h/hash', () => {
  const post = (form?: FormData, query = '') => on.call('POST', `/h/hash${query}`, form ? { form } : {});

  it('gives a video its MD5', async () => {
    const { body } = await post(fileForm('video', Buffer.from('a video')));
    expect(Object.keys(body as object).sort()).toEqual(['md5', 'sha1', 'sha256', 'video_md5']);
    expect((body as { md5: string }).md5).toBe((body as { video_md5: string }).video_md5);
  });

  it('gives what is no picture an empty PDQ hash', async () => {
    expect((await post(fileForm('photo', Buffer.from('no picture')))).body).toMatchObject({ pdq: '', md5: expect.any(String) });
  });

  it('gives only the types that were asked for', async () => {
    const types = async (names: string) => (await post(fileForm('video', Buffer.from('a')), `?types=${names}`)).body;
    expect(await types('video_md5')).toEqual({ video_md5: '0cc175b9c0f1b6a831c399e269772661' });
    expect(await types(',')).toEqual({ message: 'empty signal type selection' });
    expect(await types('pdq')).toEqual({ message: "signal type 'pdq' doesn't exist or is disabled" });
  });

  it('refuses in the words of HMA', async () => {
    const two = fileForm('photo', Buffer.from('a'));
    two.set('video', new Blob(['b']), 'b');
    const noFile = new FormData();
    noFile.set('photo', 'text');
    const message = async (form?: FormData) => ((await post(form)).body as { message: string }).message;
    expect(await message(two)).toBe('Only one file allowed per request');
    expect(await message(noFile)).toBe('Missing multipart/form-data file upload');
    expect(await message()).toBe('Missing multipart/form-data file upload');
    expect(await message(fileForm('nope', Buffer.from('a')))).toBe("no such content_type: 'nope'");
    expect(await on.call('GET', '/h/hash')).toMatchObject({ status: 422, body: [{ type: 'missing', loc: ['url'] }] });
  });

  it.each([
    ...[
      'ftp://example.com',
      'file:///etc/passwd',
      'javascript:alert(1)',
      'data:text/plain,x',
      'ws://example.com',
      'wss://example.com',
    ],
    ...['example.com', 'http://', 'http:///example.com', 'http://example.com:', 'http://example.com:abc', ''],
  ])('refuses the URL "%s"', async (url) => {
    const answer = await on.call('GET', `/h/hash?url=${encodeURIComponent(url)}`);
    expect(answer).toMatchObject({ status: 400, body: { message: 'Invalid or unsafe URL provided' } });
  });
});

describe('what needs no key', () => {
  const open = (path: string) => callHma(on.service.url, 'GET', path);

  it('is the state of the index, as plain text', async () => {
    for (const path of ['/status', '/status/', '/status/live']) {
      const answer = await open(path);
      expect([answer.status, answer.text]).toEqual([200, 'I-AM-ALIVE']);
      expect(answer.headers.get('content-type')).toContain('text/html');
    }
  });

  it('is the map of the routes, sorted, and a document with the title that HMA has', async () => {
    const paths = (await open('/site-map')).body as string[];
    expect(paths).toEqual([...new Set(paths)].sort());
    expect(paths).toContain('/c/bank/<bank_name>/content/<int:content_id>');
    expect((await open('/openapi/openapi.json')).body).toMatchObject({
      openapi: expect.stringMatching(/^3\.1/),
      info: { title: 'Open Media Match API' },
      paths: { '/m/lookup': { get: expect.anything(), post: expect.anything() } },
    });
  });
});

describe('types and exchanges', () => {
  it('are those of HMA, and cannot be switched off', async () => {
    expect((await on.call('GET', '/c/signal_type')).text).toBe(
      '[{"enabled_ratio":1.0,"name":"pdq"},{"enabled_ratio":1.0,"name":"video_md5"}]',
    );
    expect((await on.call('GET', '/c/content_type')).text).toBe(
      '[{"enabled":true,"name":"photo"},{"enabled":true,"name":"video"}]',
    );
    const put = (ratio: number) => on.call('PUT', '/c/signal_type/pdq', { json: { enabled_ratio: ratio } });
    expect([(await put(1)).status, (await put(0)).status]).toEqual([200, 400]);
  });

  it('include no exchange at first: deleting an absent one succeeds', async () => {
    expect((await on.call('GET', '/c/exchanges')).text).toBe('[]');
    expect((await on.call('DELETE', '/c/exchange/NONE')).text).toBe('{"message":"Exchange deleted"}');
    expect((await on.call('GET', '/c/exchanges/api/none')).body).toEqual({ message: "no such Exchange API 'none'" });
  });
});
