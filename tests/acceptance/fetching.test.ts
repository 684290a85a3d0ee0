import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashAnswerSchema } from '../../src/http/schemas/hashes.js';
import { organisationSchema } from '../../src/http/schemas/organisation.js';
import { problemSchema } from '../../src/http/schemas/problem.js';
import { verdictSchema } from '../../src/http/schemas/verdict.js';
import { expectOk } from '../support/client.js';
import { photograph } from '../support/images.js';
import { image, RemoteServer, redirect, send } from '../support/remote-server.js';
import { keyOf } from '../support/seed.js';
import { until } from '../support/until.js';
import { useService } from '../support/use-service.js';

// A busy machine may need seconds for a fetch.
const limits = { VIGIE_FETCH_TIMEOUT_MS: '60000', VIGIE_MAX_IMAGE_BYTES: '200000' };
const on = useService({ env: { VIGIE_FETCH: 'on', VIGIE_FETCH_PRIVATE: '127.0.0.1/32', VIGIE_LOG_LEVEL: 'info', ...limits } });
let picture: Uint8Array;
let remote: RemoteServer;
/** At an address that is not permitted. */
let inner: RemoteServer;

beforeAll(async () => {
  picture = await photograph(91);
  inner = await RemoteServer.start({ '/a.jpg': image(picture) }, '127.0.0.2');
  remote = await RemoteServer.start({
    '/a.jpg': image(picture),
    '/moved': redirect('/a.jpg'),
    '/inner': redirect(() => inner.url('/a.jpg')),
    '/untyped': (socket) => send(socket, [`content-length: ${picture.length}`], picture),
    '/slow': () => {},
    '/large': image(new Uint8Array(200_001)),
    '/text': (socket) => send(socket, ['content-type: text/plain', 'content-length: 5'], 'hello'),
  });
  await on.client.enrol(picture);
  const operator = on.client.as('operator');
  const sources = [`127.0.0.1:${remote.port}`, `127.0.0.2:${inner.port}`];
  expect((await operator.json('PATCH', '/v1/organisations/tests', { fetchesFrom: sources })).status).toBe(200);
});
afterAll(async () => {
  await remote.stop();
  await inner.stop();
});

const match = (url: string) => on.client.json('POST', '/v1/match', { url });
const refusal = async (url: string, client = on.client) =>
  problemSchema.parse((await client.json('POST', '/v1/match', { url })).body);

describe('POST /v1/match with a URL', () => {
  it.each(['/a.jpg', '/a.jpg?token=secret', '/moved'])('matches what is at %s', async (path) => {
    const verdict = expectOk(verdictSchema, await match(remote.url(path)));
    expect(verdict).toMatchObject({ verdict: 'remove', matches: [{ list: 'known' }] });
  });

  it('says that a file is not an image', async () => {
    const verdict = expectOk(verdictSchema, await match(remote.url('/text')));
    expect(verdict).toMatchObject({ verdict: 'unscannable', reason: 'not_an_image' });
  });

  it('answers every refusal with one text, and asks nothing of the address', async () => {
    const urls = [
      'http://inner.example/',
      inner.url('/a.jpg'),
      remote.url('/inner'),
      `http://127.0.0.1:1/a.jpg`,
      `http://user:secret@127.0.0.1:${remote.port}/a.jpg`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'not a url',
    ];
    const problems = await Promise.all(urls.map((url) => refusal(url)));
    const strangers = await refusal(remote.url('/a.jpg'), on.client.as('platform', 'others'));
    expect(new Set([...problems, strangers].map(({ detail }) => detail)).size).toBe(1);
    expect(new Set([...problems, strangers].map(({ code, status }) => `${status} ${code}`))).toEqual(
      new Set(['400 url_refused']),
    );
    expect(inner.connections).toBe(0);
  });

  it.each([
    ['/untyped', 'its answer has no Content-Type'],
    ['/missing', 'it answered 404'],
  ])('says why %s could not be fetched', async (path, why) => {
    const { status, code, detail } = await refusal(remote.url(path));
    expect({ status, code }).toEqual({ status: 400, code: 'url_not_fetched' });
    expect(detail).toBe(
      `url: 127.0.0.1:${remote.port} was asked, but ${why}; send the image itself, or hold the content and retry`,
    );
  });

  it('answers 413 to a file that is too large', async () => {
    expect(await refusal(remote.url('/large'))).toMatchObject({ status: 413, code: 'body_too_large' });
  });

  it.each([{ url: 'http://127.0.0.1/', hashes: { md5: '0'.repeat(32) } }, {}, { url: 7 }, { url: '' }])(
    'refuses %j',
    async (body) => {
      expect((await on.client.json('POST', '/v1/match', body)).body).toMatchObject({ code: 'bad_request' });
    },
  );
});

describe('POST /v1/hash with a URL', () => {
  it('gives the hashes of the image', async () => {
    const answer = await on.client.json('POST', '/v1/hash', { url: remote.url('/a.jpg') });
    expect(expectOk(hashAnswerSchema, answer).hashes).toEqual((await on.client.hash(picture)).hashes);
  });
});

describe('fetching', () => {
  it('is counted by outcome', async () => {
    const before = await countOf('fetched');
    await match(remote.url('/a.jpg'));
    expect(await countOf('fetched')).toBe(before + 1);
    expect(await countOf('refused')).toBeGreaterThan(0);
  });

  it('ends when the client leaves', async () => {
    const client = new AbortController();
    const headers = { authorization: `Bearer ${keyOf('platform')}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ url: remote.url('/slow') });
    const before = remote.connections;
    const asked = fetch(`${on.service.url}/v1/match`, { method: 'POST', headers, body, signal: client.signal });
    await until('the server is asked', 5_000, () => remote.connections > before);
    client.abort();
    await expect(asked).rejects.toThrow();
    await until('the fetch has ended', 5_000, async () => (await countOf('aborted')) > 0);
  });

  it('logs the host and why, and never the URL', async () => {
    await refusal(`${remote.url('/missing')}?token=do-not-log-this`);
    expect(on.service.log).toContainEqual(
      expect.objectContaining({ msg: 'an image was not fetched', host: `127.0.0.1:${remote.port}`, why: 'it answered 404' }),
    );
    expect(on.service.output()).not.toContain('do-not-log-this');
  });

  it('stops at once when an operator takes the host away', async () => {
    const operator = on.client.as('operator');
    const narrowed = await operator.json('PATCH', '/v1/organisations/tests', { fetchesFrom: [] });
    expect(expectOk(organisationSchema, narrowed).fetchesFrom).toEqual([]);
    expect(await refusal(remote.url('/a.jpg'))).toMatchObject({ code: 'url_refused' });
  });
});

async function countOf(outcome: string): Promise<number> {
  const text = await (await fetch(on.service.metricsUrl)).text();
  return Number(text.split(`vigie_fetches_total{outcome="${outcome}"} `)[1]?.split('\n')[0]);
}
