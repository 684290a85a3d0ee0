import { describe, expect, it } from 'vitest';
import { entryForm, problemOf } from '../support/client.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
import { RawConnection } from '../support/raw.js';
import { useService } from '../support/use-service.js';

const on = useService();
const pdq = randomHash(randomFrom(8));
const json = { 'content-type': 'application/json' };
const analyst = () => on.client.as('analyst');

describe('an invalid body', () => {
  it.each([
    ['/v1/match', 'image/jpeg'],
    ['/v1/match', 'application/octet-stream'],
    ['/v1/match', 'application/json'],
    ['/v1/match', undefined],
    ['/v1/hash', 'image/png'],
    ['/v1/match/batch', 'application/json'],
  ])('%s answers 400 to an empty body of type %s', async (path, type) => {
    const answer = await on.client.call('POST', path, { ...(type && { headers: { 'content-type': type } }) });
    expect(answer.status).toBe(400);
    expect(problemOf(answer).code).toBe('empty_body');
  });

  it.each<[string, unknown, string]>([
    ['nothing in it', {}, 'hashes'],
    ['an unknown field', { hashes: { pdq }, list: 'known' }, 'list'],
    ['an unknown hash', { hashes: { pdq, phash: 'ff' } }, 'hashes.phash'],
    ['no hash', { hashes: {} }, 'hashes'],
    ['quality alone', { hashes: { quality: 100 } }, 'hashes'],
    ['a PDQ hash that is too short', { hashes: { pdq: pdq.slice(1) } }, 'hashes.pdq'],
    ['a PDQ hash that is not hex', { hashes: { pdq: `${pdq.slice(1)}g` } }, 'hashes.pdq'],
    ['a PDQ hash with a blank', { hashes: { pdq: `${pdq} ` } }, 'hashes.pdq'],
    ['a number for a hash', { hashes: { md5: 17 } }, 'hashes.md5'],
    ['an MD5 of SHA-1 length', { hashes: { md5: 'a'.repeat(40) } }, 'hashes.md5'],
    ['no variants', { hashes: { pdq: [] } }, 'hashes.pdq'],
    ['65 variants', { hashes: { pdq: Array(65).fill({ value: pdq }) } }, 'hashes.pdq'],
    ['an unknown orientation', { hashes: { pdq: [{ value: pdq, orientation: 'sideways' }] } }, 'hashes.pdq.0.orientation'],
    ['a quality of 101', { hashes: { pdq, quality: 101 } }, 'hashes.quality'],
    ['turned blockhashes alone', { hashes: { turnedBlockhashes: [{ value: pdq, orientation: 'flip_x' }] } }, 'hashes'],
    ['no turned blockhash alone', { hashes: { turnedBlockhashes: [] } }, 'hashes'],
    [
      'turned blockhashes without the upright one',
      { hashes: { pdq, turnedBlockhashes: [{ value: pdq, orientation: 'flip_x' }] } },
      'hashes.turnedBlockhashes',
    ],
    [
      'a turned blockhash that is not turned',
      { hashes: { blockhash: pdq, turnedBlockhashes: [{ value: pdq, orientation: 'identity' }] } },
      'hashes.turnedBlockhashes.0.orientation',
    ],
    [
      'two blockhashes of one turn',
      { hashes: { blockhash: pdq, turnedBlockhashes: Array(2).fill({ value: pdq, orientation: 'rotate90' }) } },
      'hashes.turnedBlockhashes',
    ],
    ['a list for an object', [{ hashes: { pdq } }], 'body'],
    ['null', null, ''],
  ])('is refused with the name of the field: %s', async (_, body, field) => {
    const answer = await on.client.json('POST', '/v1/match', body);
    expect(answer.status).toBe(400);
    const problem = problemOf(answer);
    expect(['bad_request', 'empty_body']).toContain(problem.code);
    expect(problem.detail).toContain(field);
    expect(problem.detail).not.toContain(pdq.slice(1, 40));
  });

  it.each(['{', '{"hashes":', 'pdq=1', '\u0000', '{"__proto__": {"a": 1}, "hashes": {}}'])(
    '%j is not taken as JSON',
    async (body) => {
      const answer = await on.client.call('POST', '/v1/match', { body, headers: json });
      expect(answer.status).toBe(400);
      expect(problemOf(answer).code).toBe('bad_request');
    },
  );

  it.each<[string, (form: FormData) => void, string]>([
    ['no field entry', (form) => form.delete('entry'), 'entry'],
    ['a field entry that is not JSON', (form) => form.set('entry', '{'), 'entry'],
    ['an unknown field in entry', (form) => form.set('entry', '{"list":"known","colour":1}'), 'colour'],
    ['a file of another name', (form) => form.set('file', new Blob(['x']), 'file'), 'file'],
    ['two images', (form) => form.append('image', new Blob(['x']), 'second'), 'image'],
    ['an empty image', (form) => form.set('image', new Blob([]), 'image'), 'image'],
    ['a field of 100 KB', (form) => form.set('note', 'x'.repeat(100_000)), 'note'],
  ])('a form with %s is refused with the name of the part', async (_, spoil, field) => {
    const form = entryForm(await photograph(1), { list: 'known' });
    spoil(form);
    const answer = await analyst().call('POST', '/v1/entries', { body: form });
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain(field);
  });

  it.each([
    ['without a boundary', 'multipart/form-data', 'x'],
    [
      'cut in the middle',
      'multipart/form-data; boundary=b',
      '--b\r\ncontent-disposition: form-data; name="image"; filename="a"\r\n\r\nabc',
    ],
    [
      'of a large part without a name',
      'multipart/form-data; boundary=b',
      `--b\r\ncontent-type: image/jpeg\r\n\r\n${'A'.repeat(200_000)}\r\n--b--\r\n`,
    ],
    ['of rubbish', 'multipart/form-data; boundary=b', 'rubbish'],
  ])('a form %s is refused', async (_, type, body) => {
    const answer = await on.client.call('POST', '/v1/match', { body, headers: { 'content-type': type } });
    expect(answer.status).toBe(400);
  });
});

describe('an unsupported type or encoding', () => {
  it.each([
    ['/v1/match', 'text/plain'],
    ['/v1/match', 'application/xml'],
    ['/v1/match', 'nonsense'],
    ['/v1/match', 'application/x-www-form-urlencoded'],
  ])('%s answers 415 to %s', async (path, type) => {
    const answer = await on.client.call('POST', path, { body: '{}', headers: { 'content-type': type } });
    expect(answer.status).toBe(415);
    expect(problemOf(answer).code).toBe('unsupported_media_type');
  });

  it.each(['gzip', 'br', 'deflate', 'gzip, identity'])('Content-Encoding %s answers 415', async (encoding) => {
    for (const path of ['/v1/match', '/v1/match/batch']) {
      const headers = { ...json, 'content-encoding': encoding };
      const answer = await on.client.call('POST', path, { body: JSON.stringify({ hashes: { pdq } }), headers });
      expect(answer.status).toBe(415);
      expect(problemOf(answer).detail).toContain('Content-Encoding');
    }
  });

  it('an image in base64 answers 415', async () => {
    const headers = { 'content-type': 'image/jpeg', 'content-transfer-encoding': 'base64' };
    const answer = await on.client.call('POST', '/v1/match', { body: 'AAAA', headers });
    expect([answer.status, problemOf(answer).detail]).toEqual([415, expect.stringContaining('Content-Transfer-Encoding base64')]);
  });

  it('lines with Content-Encoding answer 415', async () => {
    const headers = { 'content-type': 'application/x-ndjson', 'content-encoding': 'gzip' };
    expect((await on.client.call('POST', '/v1/match/batch', { body: '{}', headers })).status).toBe(415);
  });

  it.each(['gzip, chunked', 'deflate, chunked', 'gzip'])('Transfer-Encoding %s answers 501', async (coding) => {
    const connection = await RawConnection.open(on.service.url);
    connection.request('POST', '/v1/match', { 'content-type': 'image/jpeg', 'transfer-encoding': coding });
    connection.send('3\r\nabc\r\n0\r\n\r\n');
    const answer = await connection.answer();
    expect([answer.status, problemOf(answer).code]).toEqual([501, 'not_implemented']);
    connection.close();
  });

  it('a part in base64 answers 415', async () => {
    const body =
      '--b\r\ncontent-disposition: form-data; name="image"; filename="a"\r\ncontent-transfer-encoding: base64\r\n\r\nAAAA\r\n--b--';
    const answer = await on.client.call('POST', '/v1/match', {
      body,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect([answer.status, problemOf(answer).detail]).toEqual([415, expect.stringContaining('Content-Transfer-Encoding base64')]);
  });

  it('Content-Encoding identity is accepted', async () => {
    const headers = { ...json, 'content-encoding': 'identity' };
    expect((await on.client.call('POST', '/v1/match', { body: JSON.stringify({ hashes: { pdq } }), headers })).status).toBe(200);
  });
});

describe('an unknown path', () => {
  it.each([
    ['GET', '/nowhere'],
    ['GET', '/v1'],
    ['POST', '/v1/matches/'],
    ['GET', '/v1/entries/a/b/c'],
    ['PROPFIND', '/nowhere'],
  ])('%s %s answers with a problem', async (method, path) => {
    const answer = await analyst().call(method, path);
    expect(answer.status).toBe(path === '/v1/matches/' ? 405 : 404);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(problemOf(answer).status).toBe(answer.status);
  });

  it.each([
    ['DELETE', '/v1/lists', 'GET, HEAD, POST'],
    ['GET', '/v1/match', 'POST'],
    ['PUT', '/v1/entries', 'GET, HEAD, POST'],
    ['POST', '/v1/lists/known', 'DELETE, PATCH'],
    ['PROPFIND', '/healthz/', 'GET, HEAD'],
  ])('%s %s answers 405 and names the methods of the path', async (method, path, allowed) => {
    const answer = await analyst().call(method, path);
    expect([answer.status, problemOf(answer).code]).toEqual([405, 'method_not_allowed']);
    expect(answer.headers.get('allow')).toBe(allowed);
  });

  it('a slash at the end changes nothing', async () => {
    expect((await on.client.json('POST', '/v1/match/', { hashes: { pdq } })).status).toBe(200);
    expect((await on.client.call('GET', '/healthz/')).status).toBe(200);
  });

  it.each([
    ['a path', `/${'x'.repeat(8_000)}`],
    ['an entry', `/v1/entries/ent_${'0'.repeat(5_000)}`],
    ['a query', `/v1/entries/nowhere?${'x'.repeat(8_000)}`],
  ])('%s of thousands of characters answers with a problem', async (_, path) => {
    const answer = await analyst().call('GET', path);
    expect(answer.status).toBe(404);
    expect(problemOf(answer).code).toBe('not_found');
  });

  it.each(['/%', '/%ff', '/v1/entries/%E0%A4%A'])('%s answers with a problem', async (path) => {
    const answer = await analyst().call('GET', path);
    expect([400, 404]).toContain(answer.status);
    expect(problemOf(answer).status).toBe(answer.status);
  });

  it('HEAD answers as GET does, without a body', async () => {
    for (const [path, status] of [
      ['/healthz', 200],
      ['/nowhere', 404],
    ] as const) {
      const response = await fetch(`${on.service.url}${path}`, { method: 'HEAD' });
      expect(response.status).toBe(status);
      expect(await response.text()).toBe('');
    }
  });

  it('every answer has its own request id, and a problem repeats it', async () => {
    const answers = [await on.client.call('GET', '/nowhere'), await on.client.call('GET', '/nowhere')];
    for (const answer of answers) expect(problemOf(answer).requestId).toBe(answer.headers.get('x-request-id'));
    expect(answers[0]?.headers.get('x-request-id')).not.toBe(answers[1]?.headers.get('x-request-id'));
  });
});

describe('a connection that is kept open', () => {
  it('answers 100 requests correctly between 100 refused ones', async () => {
    const connection = await RawConnection.open(on.service.url);
    const body = JSON.stringify({ hashes: { pdq } });
    const bad = '{"hashes":{"pdq":"xyz"}}';
    const send = (text: string) => {
      connection.request('POST', '/v1/match', { ...json, 'content-length': String(Buffer.byteLength(text)) });
      connection.send(text);
    };
    for (let number = 0; number < 100; number++) {
      send(bad);
      expect((await connection.answer()).status).toBe(400);
      send(body);
      expect(await connection.answer()).toMatchObject({ status: 200, body: { verdict: 'no_known_match' } });
    }
    connection.close();
  });

  it('answers pipelined requests in their order', async () => {
    const connection = await RawConnection.open(on.service.url);
    for (const path of ['/healthz', '/nowhere', '/healthz', '/v1/entries']) connection.request('GET', path, {});
    const statuses = [];
    for (let number = 0; number < 4; number++) statuses.push((await connection.answer()).status);
    expect(statuses).toEqual([200, 404, 200, 403]);
    connection.close();
  });
});
