import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { verdictSchema } from '../../src/http/schemas/verdict.js';
import { expectOk, problemOf } from '../support/client.js';
import { photograph, randomFrom, randomHash, scene } from '../support/images.js';
import { openLines } from '../support/ndjson.js';
import { RawConnection } from '../support/raw.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

const pdq = randomHash(randomFrom(8));
const jpeg = { 'content-type': 'image/jpeg' };

describe('with small limits', () => {
  const maxImageBytes = 100_000;
  const bodyTimeoutMs = 1_500;
  const on = useService({
    env: {
      VIGIE_MAX_IMAGE_BYTES: String(maxImageBytes),
      VIGIE_BODY_TIMEOUT_MS: String(bodyTimeoutMs),
      VIGIE_MAX_BYTES_IN_FLIGHT: '500000',
    },
  });
  const post = async (headers: Record<string, string>, path = '/v1/match') => {
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', path, { ...jpeg, ...headers });
    return connection;
  };
  const isIdle = async () => (await on.client.json('POST', '/v1/match', { hashes: { pdq } })).status === 200;

  it('a body that is announced as too large answers 413 before it is sent', async () => {
    const connection = await post({ 'content-length': '400000' });
    const answer = await connection.answer();
    expect(answer.status).toBe(413);
    expect(problemOf(answer)).toMatchObject({ code: 'body_too_large', detail: expect.stringContaining('400000') });
    await connection.closed();
  });

  it('a chunked body answers 413 as soon as it is too large', async () => {
    const connection = await post({ 'transfer-encoding': 'chunked' });
    for (let chunk = 0; chunk < 5; chunk++) connection.send(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    const answer = await connection.answer();
    expect(answer.status).toBe(413);
    expect(problemOf(answer).code).toBe('body_too_large');
    await connection.closed();
  });

  it('an image one byte over the limit answers 413, at the limit 200', async () => {
    const send = (length: number) =>
      on.client.call('POST', '/v1/match', {
        body: Buffer.alloc(length, 1),
        headers: { 'content-type': 'application/octet-stream' },
      });
    const over = await send(maxImageBytes + 1);
    expect(over.status).toBe(413);
    expect(problemOf(over).detail).toContain(String(maxImageBytes));
    expect((await send(maxImageBytes)).status).toBe(200);
  });

  it('JSON over its limit answers 413 on a route that takes no image', async () => {
    const answer = await on.client.as('operator').json('POST', '/v1/lists', { title: 'x'.repeat(300_000) });
    expect(answer.status).toBe(413);
  });

  it('a body that stops arriving answers 408 and ends the connection', async () => {
    const connection = await post({ 'content-length': '1000' });
    const startedAt = performance.now();
    connection.send('a few bytes');
    const answer = await connection.answer();
    expect(answer.status).toBe(408);
    expect(problemOf(answer)).toMatchObject({ code: 'body_timeout', detail: expect.stringContaining(String(bodyTimeoutMs)) });
    expect(performance.now() - startedAt).toBeGreaterThan(bodyTimeoutMs - 100);
    await connection.closed();
  });

  it('a body that trickles answers 408', async () => {
    const connection = await post({ 'content-length': '100000' });
    const trickle = setInterval(() => connection.send('x'), 50);
    const answer = await connection.answer();
    clearInterval(trickle);
    expect(answer.status).toBe(408);
    await connection.closed();
  });

  it('incomplete headers answer 408 and end the connection', async () => {
    const connection = await RawConnection.open(on.service.url);
    const startedAt = performance.now();
    connection.send('POST /v1/match HTTP/1.1\r\nhost: a\r\n');
    const answer = await connection.answerHead();
    expect(answer.status).toBe(408);
    await connection.closed();
    expect(performance.now() - startedAt).toBeLessThan(bodyTimeoutMs + 5_000);
  });

  it('too many bytes in flight answer 503 with Retry-After until they are gone', async () => {
    await until('nothing is in flight', 5_000, isIdle);
    const waiting = [await post({ 'content-length': '200000' }), await post({ 'content-length': '200000' })];
    const refused = await until('the two are under way', 1_000, async () => {
      const connection = await post({ 'content-length': '200000' });
      const answer = await Promise.race([connection.answer(), once(AbortSignal.timeout(100), 'abort')]).catch(() => undefined);
      connection.close();
      return answer && 'status' in answer ? answer : undefined;
    });
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(problemOf(refused).code).toBe('overloaded');
    for (const connection of waiting) connection.close();
    await until('the bytes are given back', 1_000, async () => {
      const body = await photograph(1, { width: 200, height: 150 });
      return (await on.client.call('POST', '/v1/match', { body, headers: jpeg })).status === 200;
    });
  });

  it('idle connections of one key that announce large bodies refuse nobody else', async () => {
    await until('nothing is in flight', 5_000, isIdle);
    const announcing = await Promise.all(Array.from({ length: 8 }, () => post({ 'content-length': '100000' })));
    const image = await photograph(1, { width: 400, height: 300 });
    const other = on.client.as('flagger');
    expect((await other.call('POST', '/v1/hash', { body: image, headers: jpeg })).status).toBe(200);
    for (const connection of announcing) connection.close();
  });

  it('a refusal before the body is sent leaves the connection usable', async () => {
    const connection = await post({ 'content-length': '100', authorization: 'Bearer nobody' });
    expect((await connection.answer()).status).toBe(401);
    connection.send('x'.repeat(100));
    connection.request('GET', '/healthz', {});
    expect((await connection.answer()).status).toBe(200);
    connection.close();
  });

  it('a client that sends a large body can read the refusal', async () => {
    const connection = await post({ 'transfer-encoding': 'chunked' });
    for (let chunk = 0; chunk < 200; chunk++) connection.send(`10000\r\n${'x'.repeat(0x10000)}\r\n`);
    const answer = await connection.answer();
    expect(answer.status).toBe(413);
    await connection.closed();
  });

  it('bytes in flight are released however a request ends', async () => {
    for (let round = 0; round < 10; round++) {
      const connections = await Promise.all(Array.from({ length: 4 }, () => post({ 'content-length': '100000' })));
      for (const connection of connections) connection.close();
      await on.client.call('POST', '/v1/match', { body: Buffer.alloc(maxImageBytes + 1), headers: jpeg });
      await on.client.call('POST', '/v1/match', { body: '{', headers: { 'content-type': 'application/json' } });
    }
    await until('all is given back', 2_000, async () => {
      const answers = await Promise.all(
        [1, 2].map(() => on.client.call('POST', '/v1/match', { body: Buffer.alloc(90_000), headers: jpeg })),
      );
      return answers.every(({ status }) => status === 200);
    });
  });

  it('a line over 64 KB ends its stream but not the service', async () => {
    const stream = openLines(on.service.url, '/v1/match/batch');
    const ended = new Promise<void>((resolve) => stream.once('close', resolve));
    stream.on('error', () => {}).on('response', (response) => response.on('error', () => {}).resume());
    stream.end('x'.repeat(70_000));
    await ended;
    expect(await isIdle()).toBe(true);
  });
});

describe('with few connections', () => {
  const on = useService({ env: { VIGIE_MAX_CONNECTIONS: '40', VIGIE_BODY_STALL_MS: '400' } });

  it('an address beyond its share is told so, and closed connections make room', async () => {
    const open = await Promise.all(Array.from({ length: 22 }, () => RawConnection.open(on.service.url)));
    const last = open.at(-1);
    last?.request('GET', '/healthz', {});
    const refused = await last?.answer();
    expect(refused?.status).toBe(503);
    expect(refused?.headers.get('retry-after')).toBe('1');
    await last?.closed();
    for (const connection of open) connection.close();
    await until('there is room', 2_000, async () => (await on.client.call('GET', '/healthz')).status === 200);
  });

  it('a body that stands still answers 408 long before the time for a whole body', async () => {
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/match', { ...jpeg, 'content-length': '100000' });
    const startedAt = performance.now();
    const trickle = setInterval(() => connection.send('x'), 50);
    const answer = await connection.answer();
    clearInterval(trickle);
    expect(answer.status).toBe(408);
    expect(problemOf(answer).detail).toContain('400 ms');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await connection.closed();
  });

  it('a slow body that makes progress is answered', async () => {
    const image = await photograph(1, { width: 600, height: 450 });
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/match', { ...jpeg, 'content-length': String(image.length) });
    const steps = 8;
    let sent = 0;
    await new Promise<void>((resolve) => {
      const send = setInterval(() => {
        connection.send(image.subarray((sent * image.length) / steps, (++sent * image.length) / steps));
        if (sent === steps) resolve(clearInterval(send));
      }, 100);
    });
    expect((await connection.answer()).status).toBe(200);
    connection.close();
  });
});

describe('with an imaging queue of one', () => {
  const on = useService({ env: { VIGIE_IMAGING_QUEUE: '1' } });

  it('images beyond the queue answer 503 with Retry-After; the others are answered', async () => {
    const image = await (await scene(2)).resize(2_400, 1_800).jpeg().toBuffer();
    await on.client.match(image);
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => on.client.call('POST', '/v1/match', { body: image, headers: jpeg })),
    );
    const refused = answers.filter(({ status }) => status === 503);
    const answered = answers.filter(({ status }) => status === 200);
    expect(refused.length + answered.length).toBe(12);
    expect(refused.length).toBeGreaterThan(0);
    // One is being decoded, one is handed over, one waits.
    expect(answered.length).toBeGreaterThanOrEqual(3);
    for (const answer of answered) expect(expectOk(verdictSchema, answer).verdict).toBe('no_known_match');
    for (const answer of refused) {
      expect(problemOf(answer).code).toBe('overloaded');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    }
    expect((await on.client.match(image)).verdict).toBe('no_known_match');
  });
});
