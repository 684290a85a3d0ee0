import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/client.js';
import { RawConnection } from '../support/raw.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();

describe('bytes that are not HTTP', () => {
  it.each([
    ['rubbish', 'rubbish\r\n\r\n', 400],
    ['a header without a name', 'GET /healthz HTTP/1.1\r\nhost: a\r\n: x\r\n\r\n', 400],
    ['a header of 100 KB', `GET /healthz HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(100_000)}\r\n\r\n`, 431],
    ['a URL of 100 KB', `GET /${'y'.repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`, 431],
    ['a URL with raw bytes', 'GET /caf\u00e9 HTTP/1.1\r\nhost: a\r\n\r\n', 400],
    ['no host', 'GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n', 400],
    ['an unknown expectation', 'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\nexpect: foo\r\n\r\n', 417],
    ['an unknown method', 'FOO / HTTP/1.1\r\nhost: a\r\n\r\n', 400],
    ['a tunnel', 'CONNECT a:80 HTTP/1.1\r\nhost: a\r\n\r\n', 501],
    ['two lengths', 'POST /v1/match HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n', 400],
    ['a length and chunks', 'POST /v1/match HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n', 400],
    ['a negative length', 'POST /v1/match HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n', 400],
  ])('%s is answered with a problem and closes the connection', async (_, bytes, status) => {
    for (const url of [on.service.url, on.service.metricsUrl]) {
      const connection = await RawConnection.open(url);
      connection.send(bytes);
      const answer = await connection.answer();
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      // The metrics port has no route to a body.
      if (url === on.service.url) expect(answer.status).toBe(status);
      expect(problemOf(answer)).toMatchObject({ status: answer.status, requestId: answer.headers.get('x-request-id') });
      connection.close();
    }
    expect((await on.client.call('GET', '/healthz')).status).toBe(200);
  });

  it('a chunk without a length is answered with a problem, and the client may send on', async () => {
    const connection = await RawConnection.open(on.service.url, { sendsOn: true });
    connection.request('POST', '/v1/match', { 'content-type': 'image/jpeg', 'transfer-encoding': 'chunked' });
    connection.send('nonsense\r\n'.repeat(500_000));
    const answer = await connection.answer();
    expect([answer.status, problemOf(answer).code]).toEqual([400, 'bad_request']);
    await connection.sent();
    expect(connection.wasReset).toBe(false);
    connection.close();
  });
});

describe('the metrics port', () => {
  it.each([
    ['GET', '/metrics/', 200, null],
    ['POST', '/metrics', 405, 'GET, HEAD'],
    ['GET', '/', 404, null],
  ])('answers %s %s with %i', async (method, path, status, allowed) => {
    const response = await fetch(new URL(path, on.service.metricsUrl), { method });
    expect([response.status, response.headers.get('allow')]).toEqual([status, allowed]);
    if (status !== 200) expect(response.headers.get('content-type')).toBe('application/problem+json');
    await response.text();
  });
});

describe('a refusal while a body arrives', () => {
  const bytes = 12_000_000;
  const image = { 'content-type': 'image/jpeg' };
  const stranger = { authorization: 'Bearer vig_x_y' };
  it.each<[number, string, Record<string, string>]>([
    [401, '/v1/match', { ...image, ...stranger }],
    [403, '/v1/entries', image],
    [404, '/v1/nowhere', image],
    [405, '/healthz', image],
    [413, '/v1/lists/known/confirm', { 'content-type': 'application/json', authorization: `Bearer ${keyOf('operator')}` }],
    [415, '/v1/match', { 'content-type': 'text/plain' }],
    [415, '/v1/match', { 'content-type': 'application/x-ndjson' }],
    [415, '/v1/match', { ...image, 'content-encoding': 'gzip' }],
    [401, '/v1/match/batch', { 'content-type': 'application/x-ndjson', ...stranger }],
  ])('answers %i to %s, and the client may send all of it', async (status, path, headers) => {
    for (const framing of [{ 'content-length': String(bytes) }, { 'transfer-encoding': 'chunked' }]) {
      const connection = await RawConnection.open(on.service.url, { sendsOn: true });
      connection.request('POST', path, { ...headers, ...framing });
      const part = 'x'.repeat(0x10000);
      const text = 'transfer-encoding' in framing ? `10000\r\n${part}\r\n`.repeat(183) : part.repeat(184).slice(0, bytes);
      connection.send('transfer-encoding' in framing ? `${text}0\r\n\r\n` : text);
      const answer = await connection.answer();
      expect([answer.status, problemOf(answer).status]).toEqual([status, status]);
      await connection.sent();
      expect(connection.wasReset).toBe(false);
      connection.close();
    }
    expect((await on.client.call('GET', '/healthz')).status).toBe(200);
  });
});
