import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { Vigie } from '../../src/client/index.js';
import { faultServer, json, problem, reset } from '../support/fault-server.js';

const key = `vig_testkey_${'5'.repeat(64)}`;
const image = new Uint8Array([1, 2, 3]);
const entry = { id: 'ent_1', list: 'known' };
const clientOf = (url: string) => new Vigie({ url, key, backoffMs: 1 });

describe('a call that writes', () => {
  it.each([
    ['enrol', (client: Vigie) => client.enrol({ list: 'known', hashes: { md5: '0'.repeat(32) } })],
    ['enrol of an image', (client: Vigie) => client.enrol({ list: 'known', image })],
    ['feedback', (client: Vigie) => client.feedback('req_1', { outcome: 'confirmed' })],
  ])('%s has one Idempotency-Key for all its retries, and another for the next call', async (_what, call) => {
    const done = json(201, { ...entry, outcome: 'confirmed' });
    const server = await faultServer(reset, problem(503, 'outcome_unknown'), done);
    await call(clientOf(server.url));
    await call(clientOf(server.url));
    const keys = server.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([keys[0], keys[0], keys[0], keys[3]]);
    expect(new Set(keys).size).toBe(2);
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  });

  it('waits for the first try, if that is still running', async () => {
    const server = await faultServer(reset, problem(409, 'conflict', { 'retry-after': '0' }), json(201, entry));
    expect(await clientOf(server.url).enrol({ list: 'known', image })).toMatchObject({ outcome: 'created' });
  });

  it('throws when there is no answer, so that nobody takes it for done', async () => {
    const server = await faultServer(problem(503, 'database_unavailable', { 'retry-after': '60' }));
    await expect(clientOf(server.url).enrol({ list: 'known', image })).rejects.toMatchObject({
      name: 'VigieError',
      status: 503,
      code: 'database_unavailable',
      retryAfterMs: 60_000,
    });
  });

  it.each([409, 422])('throws %i', async (status) => {
    const server = await faultServer(problem(status, 'conflict'));
    await expect(clientOf(server.url).enrol({ list: 'known', image })).rejects.toMatchObject({ status, code: 'conflict' });
  });

  it.each([
    ['HTML', (response: ServerResponse) => response.end('<html>')],
    ['the JSON of another service', json(200, { ok: true })],
    ['a list', json(200, [entry])],
  ])('throws when the answer is %s', async (_what, reply) => {
    const client = clientOf((await faultServer(reply)).url);
    const badAnswer = { name: 'VigieError', code: 'bad_answer' };
    await expect(client.enrol({ list: 'known', image })).rejects.toMatchObject(badAnswer);
    await expect(client.feedback('req_1', { outcome: 'confirmed' })).rejects.toMatchObject(badAnswer);
    await expect(client.hash(image)).rejects.toMatchObject(badAnswer);
  });
});

it('enrol tells a new entry from a standing one, and from a receipt', async () => {
  const server = await faultServer(json(201, entry), json(200, entry), json(202, { receipt: 'rcp_1' }));
  const client = clientOf(server.url);
  const enrol = () => client.enrol({ list: 'known', image });
  expect([await enrol(), await enrol(), await enrol()]).toEqual([
    { outcome: 'created', entry },
    { outcome: 'standing', entry },
    { outcome: 'received', receipt: 'rcp_1' },
  ]);
});

it('feedback names the request in a path of one segment', async () => {
  const server = await faultServer(json(201, { outcome: 'confirmed' }));
  await clientOf(server.url).feedback('../entries', { outcome: 'confirmed' });
  expect(server.requests[0]?.url).toBe('/v1/matches/..%2Fentries/feedback');
});
