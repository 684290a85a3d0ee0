import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isHidden, mustRemove, Vigie, type VigieOptions } from '../../src/client/index.js';
import { faultServer, json, noMatch, nowhere, problem, rawServer, reset } from '../support/fault-server.js';

const key = `vig_testkey_${'5'.repeat(64)}`;
const image = new Uint8Array([1, 2, 3]);

function clientOf(url: string, options: Partial<VigieOptions> = {}): Vigie {
  return new Vigie({ url, key, backoffMs: 1, ...options });
}

const streamOf = (bytes: Uint8Array) => new Blob([new Uint8Array(bytes)]).stream();

describe('match', () => {
  it.each([
    ['bytes', image, 'application/octet-stream'],
    ['a blob', new Blob([image], { type: 'image/png' }), 'image/png'],
    ['a stream', streamOf(image), 'application/octet-stream'],
  ])('sends %s as they are, with the key', async (_what, input, type) => {
    const server = await faultServer(json(200, noMatch));
    expect(await clientOf(server.url).match(input)).toMatchObject({ verdict: 'no_known_match', requestId: 'req_1' });
    expect(server.requests).toEqual([
      {
        url: '/v1/match',
        headers: expect.objectContaining({ 'content-type': type, authorization: `Bearer ${key}` }),
        body: Buffer.from(image),
      },
    ]);
  });

  it('sends hashes as JSON, below the path of the url', async () => {
    const server = await faultServer(json(200, noMatch));
    await clientOf(`${server.url}/below/`).match({ hashes: { md5: '0'.repeat(32) } });
    expect(server.requests[0]).toMatchObject({ url: '/below/v1/match', headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({ hashes: { md5: '0'.repeat(32) } });
  });

  it('sends a url as JSON, and hides what cannot be fetched from there', async () => {
    const server = await faultServer(problem(400, 'url_not_fetched'));
    const result = await clientOf(server.url).match({ url: 'https://images.example.org/1.jpg' });
    expect(result).toMatchObject({ verdict: 'unavailable', reason: 'refused', code: 'url_not_fetched' });
    expect(JSON.parse(String(server.requests[0]?.body))).toEqual({ url: 'https://images.example.org/1.jpg' });
  });

  it('reads an answer that is compressed', async () => {
    const server = await faultServer((response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(noMatch))),
    );
    expect(await clientOf(server.url).match(image)).toMatchObject({ verdict: 'no_known_match' });
  });

  it.each([
    ['remove_and_report', true, true],
    ['remove', true, true],
    ['hold_for_review', true, false],
    ['quarantined', true, false],
    ['unscannable', true, false],
    ['suppressed', false, false],
    ['test_match', false, false],
    ['no_known_match', false, false],
  ])('answers %s, which is hidden: %s, and removed: %s', async (verdict, hidden, removed) => {
    const server = await faultServer(json(200, { ...noMatch, verdict }));
    const result = await clientOf(server.url).match(image);
    expect([result.verdict, isHidden(result), mustRemove(result)]).toEqual([verdict, hidden, removed]);
  });

  it.each(['shadow_ban', '', 'toString', '__proto__'])(
    'holds the verdict %j, which it does not know, and tells its name',
    async (verdict) => {
      const server = await faultServer(json(200, { ...noMatch, verdict }));
      const result = await clientOf(server.url).match(image);
      expect(result).toMatchObject({ verdict: 'hold_for_review', unknownVerdict: verdict, requestId: 'req_1' });
      expect(isHidden(result)).toBe(true);
    },
  );
});

describe('match without an answer', () => {
  it.each([
    ['nothing listens', nowhere, 'network', null],
    ['every connection is reset', async () => (await faultServer(reset)).url, 'network', null],
    ['the server answers 500', async () => (await faultServer(problem(500, 'internal'))).url, 'server', 500],
    ['the server answers 503', async () => (await faultServer(problem(503, 'overloaded'))).url, 'server', 503],
    ['the quota is used up', async () => (await faultServer(problem(429, 'too_many_requests'))).url, 'quota', 429],
    ['the body arrived too late', async () => (await faultServer(problem(408, 'body_timeout'))).url, 'server', 408],
    ['a proxy wants something else', async () => (await faultServer(problem(402, 'proxy'))).url, 'refused', 402],
    [
      'the url redirects',
      async () => (await faultServer((r) => r.writeHead(302, { location: '/' }).end())).url,
      'bad_answer',
      302,
    ],
    ['the answer is no JSON', async () => (await faultServer((r) => r.end('<html>welcome'))).url, 'bad_answer', null],
    ['the answer is empty', async () => (await faultServer((r) => r.end())).url, 'bad_answer', null],
    ['the answer is null', async () => (await faultServer(json(200, null))).url, 'bad_answer', null],
    ['the answer is another document', async () => (await faultServer(json(200, { verdict: 'ok' }))).url, 'bad_answer', null],
    ['the verdict is no text', async () => (await faultServer(json(200, { ...noMatch, verdict: 0 }))).url, 'bad_answer', null],
    [
      'the answer ends in its middle',
      async () => (await rawServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n{"verdict":'))).url,
      'network',
      null,
    ],
    [
      'the compressed answer is damaged',
      async () => (await faultServer((r) => r.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'))).url,
      'network',
      null,
    ],
  ])('is unavailable and hidden when %s', async (_what, start, reason, status) => {
    const result = await clientOf(await start()).match(image);
    expect(result).toMatchObject({ verdict: 'unavailable', reason, status });
    expect([isHidden(result), mustRemove(result)]).toEqual([true, false]);
  });

  it('is unavailable when the server is slower than the time of a call, retries included', async () => {
    const server = await faultServer(() => {});
    expect(await clientOf(server.url, { timeoutMs: 40 }).match(image)).toMatchObject({
      verdict: 'unavailable',
      reason: 'timeout',
    });
    // On a busy machine, the time may end before the request arrives.
    expect(server.requests.length).toBeLessThanOrEqual(1);
  });

  it('is unavailable when the answer begins and never ends', async () => {
    const server = await faultServer((response) => response.writeHead(200).write('{'));
    expect(await clientOf(server.url, { timeoutMs: 40 }).match(image)).toMatchObject({
      verdict: 'unavailable',
      reason: 'timeout',
    });
  });

  it('is unavailable when the caller aborts, before or during the call', async () => {
    const server = await faultServer(() => controller.abort());
    const controller = new AbortController();
    const aborted = { verdict: 'unavailable', reason: 'aborted' };
    expect(await clientOf(server.url).match(image, { signal: AbortSignal.abort() })).toMatchObject(aborted);
    expect(await clientOf(server.url).match(image, { signal: controller.signal })).toMatchObject(aborted);
  });

  it('carries the code, the request and the time to wait of the service', async () => {
    const server = await faultServer(problem(503, 'index_unavailable', { 'retry-after': '120' }));
    expect(await clientOf(server.url).match(image)).toEqual({
      verdict: 'unavailable',
      reason: 'server',
      status: 503,
      code: 'index_unavailable',
      detail: 'about index_unavailable',
      requestId: 'req_9',
      retryAfterMs: 120_000,
    });
  });
});

describe('a retry', () => {
  it.each([
    ['502', problem(502, 'proxy')],
    ['503', problem(503, 'overloaded')],
    ['504', problem(504, 'proxy')],
    ['429', problem(429, 'too_many_requests')],
    ['a reset of the connection', reset],
  ])('follows %s, and its answer counts', async (_what, fault) => {
    const server = await faultServer(fault, json(200, noMatch));
    expect(await clientOf(server.url).match(image)).toMatchObject({ verdict: 'no_known_match' });
    expect(server.requests.map(({ body }) => body)).toEqual([Buffer.from(image), Buffer.from(image)]);
  });

  it('follows a connection that the server closed while it was kept', async () => {
    const server = await faultServer(json(200, noMatch), reset, json(200, noMatch));
    const client = clientOf(server.url);
    await client.match(image);
    expect(await client.match(image)).toMatchObject({ verdict: 'no_known_match' });
    expect(server.requests.length).toBe(3);
  });

  it.each([
    [500, 'internal'],
    [402, 'proxy'],
  ])('does not follow %i', async (status, code) => {
    const server = await faultServer(problem(status, code));
    await clientOf(server.url).match(image);
    expect(server.requests.length).toBe(1);
  });

  it('follows only as often as it is told', async () => {
    const server = await faultServer(problem(503, 'overloaded'));
    await clientOf(server.url, { retries: 4 }).match(image);
    await clientOf(server.url, { retries: 0 }).match(image);
    expect(server.requests.length).toBe(6);
  });

  it.each([
    ['seconds', { 'retry-after': '60' }],
    [
      'a date, by the clock of the server',
      { 'retry-after': 'Mon, 01 Jan 2001 00:01:00 GMT', date: 'Mon, 01 Jan 2001 00:00:00 GMT' },
    ],
  ])('does not begin when Retry-After, in %s, ends after the time of the call', async (_what, headers) => {
    const server = await faultServer(problem(503, 'overloaded', headers));
    expect(await clientOf(server.url).match(image)).toMatchObject({ verdict: 'unavailable', retryAfterMs: 60_000 });
    expect(server.requests.length).toBe(1);
  });

  it('never sends a stream again', async () => {
    const server = await faultServer(problem(503, 'overloaded', { 'retry-after': '7' }), json(200, noMatch));
    expect(await clientOf(server.url).match(streamOf(image))).toMatchObject({
      verdict: 'unavailable',
      reason: 'stream_consumed',
      code: 'overloaded',
      detail: expect.stringContaining('only you can send it again'),
      retryAfterMs: 7_000,
    });
    expect(server.requests.length).toBe(1);
  });

  it('is refused for a stream that was read before', async () => {
    const stream = streamOf(image);
    const server = await faultServer(json(200, noMatch));
    await clientOf(server.url).match(stream);
    const result = await clientOf(server.url).match(stream);
    expect(result).toMatchObject({ verdict: 'unavailable', reason: 'stream_consumed' });
    expect(server.requests.length).toBe(1);
  });
});

describe('a refusal', () => {
  it.each([
    [400, 'bad_request'],
    [401, 'unauthorized'],
    [403, 'no_lists'],
    [404, 'not_found'],
    [413, 'body_too_large'],
    [415, 'unsupported_media_type'],
  ])('with %i is thrown with what the service says, and not repeated', async (status, code) => {
    const server = await faultServer(problem(status, code));
    await expect(clientOf(server.url).match(image)).rejects.toMatchObject({
      name: 'VigieError',
      message: `${status} ${code}: about ${code}`,
      status,
      code,
      requestId: 'req_9',
      detail: `about ${code}`,
    });
    expect(server.requests.length).toBe(1);
  });

  it('of a stream is thrown too', async () => {
    const server = await faultServer(problem(401, 'unauthorized', { 'www-authenticate': 'Bearer' }));
    await expect(clientOf(server.url).match(streamOf(image))).rejects.toMatchObject({ status: 401, code: 'unauthorized' });
  });

  it('by a proxy that says nothing readable has a code of its own', async () => {
    const server = await faultServer((response) => response.writeHead(401).end('<html>'));
    await expect(clientOf(server.url).match(image)).rejects.toMatchObject({
      code: 'http_401',
      detail: expect.stringContaining('whether a proxy removes the header Authorization'),
    });
  });

  const large = new Uint8Array(8 * 1024 * 1024);
  const refusal = (text: string) =>
    `HTTP/1.1 413 Payload Too Large\r\ncontent-type: application/problem+json\r\nconnection: close\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
  const text = JSON.stringify({ code: 'body_too_large', detail: 'the limit is 1', requestId: 'req_2' });

  it.each([
    ['closes the connection', (text: string) => refusal(text), false, 'body_too_large'],
    ['resets the connection', (text: string) => refusal(text), true, 'body_too_large'],
    ['closes the connection within its answer', (text: string) => refusal(text).slice(0, -9), false, 'http_413'],
  ])('with 413 before the body is read is thrown as such when the server %s', async (_what, answer, resets, code) => {
    const server = await rawServer((socket) => {
      socket.pause();
      socket.write(answer(text), () => (resets ? socket.resetAndDestroy() : socket.destroy()));
    });
    for (const body of [large, new Blob([large]), streamOf(large)])
      await expect(clientOf(server.url).match(body)).rejects.toMatchObject({ status: 413, code });
  });
});

it('refuses what is neither an image nor hashes', async () => {
  const client = clientOf('http://127.0.0.1:1');
  // As a caller without types would.
  await expect(client.match('upload.jpg' as unknown as Uint8Array)).rejects.toThrow(TypeError);
});

it.each([
  [{ url: 'vigie.example.org' }, /^url: /],
  [{ url: 'ftp://vigie.example.org' }, /^url: /],
  [{ url: 'https://user:password@vigie.example.org' }, /^url: must not contain a user/],
  [{ key: '' }, /^key: /],
  [{ key: undefined }, /^key: /],
  [{ timeoutMs: Number.NaN }, /^timeoutMs: /],
  [{ retries: -1 }, /^retries: /],
])('refuses the options %j', (wrong, message) => {
  expect(() => new Vigie({ url: 'https://vigie.example.org', key, ...wrong })).toThrow(message);
});
