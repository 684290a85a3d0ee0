import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Answer, type Client, entryForm, problemOf } from '../support/client.js';
import { photograph, randomFrom, randomHash } from '../support/images.js';
import { RawConnection } from '../support/raw.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(97);
const analyst = () => on.client.as('analyst');
const operator = () => on.client.as('operator');
const operationSchema = z.object({ parameters: z.array(z.object({ name: z.string() })).default([]) });
const documentSchema = z.object({ paths: z.record(z.string(), z.object({ post: operationSchema.optional() })) });
const replayed = ({ headers }: Answer) => headers.get('idempotency-replayed');
const listOf = (id: string, title = 'One') => ({ id, title, class: 'tvec', action: 'remove' });

function post(client: Client, path: string, key: string, body: unknown): Promise<Answer> {
  const headers = { 'content-type': 'application/json', 'idempotency-key': key };
  return client.call('POST', path, { body: JSON.stringify(body), headers });
}

describe('Idempotency-Key', () => {
  it('returns the created list again instead of a conflict', async () => {
    const key = randomUUID();
    const answers = [
      await post(operator(), '/v1/lists', key, listOf('once')),
      await post(operator(), '/v1/lists', key, listOf('once')),
    ];
    expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(2).fill([201, answers[0]?.body]));
    expect(answers.map(replayed)).toEqual([null, 'true']);
    expect(answers[1]?.headers.get('content-type')).toBe(answers[0]?.headers.get('content-type'));
    expect((await operator().json('POST', '/v1/lists', listOf('once'))).status).toBe(409);
  });

  it('repeats the 201 of an enrolment with the entry as it was', async () => {
    const [key, body] = [randomUUID(), { list: 'known', hashes: { pdq: randomHash(random) } }];
    const first = await post(analyst(), '/v1/entries', key, body);
    const again = await post(analyst(), '/v1/entries', key, body);
    expect([first.status, again.status, again.body, replayed(again)]).toEqual([201, 201, first.body, 'true']);
  });

  it('ignores the boundary of a form', async () => {
    const [key, image] = [randomUUID(), await photograph(3, { width: 200, height: 150 })];
    const send = (list = 'known') =>
      analyst().call('POST', '/v1/entries', { body: entryForm(image, { list }), headers: { 'idempotency-key': key } });
    const [first, again, other] = [await send(), await send(), await send('illegal')];
    expect([first.status, again.status, replayed(again), other.status]).toEqual([201, 201, 'true', 409]);
  });

  it('repeats the answer to a withdrawal', async () => {
    const { id } = await on.client.enrolHashes({ pdq: randomHash(random) });
    const key = randomUUID();
    const withdraw = () => post(analyst(), `/v1/entries/${id}/withdraw`, key, { reason: 'a mistake' });
    const [first, again] = [await withdraw(), await withdraw()];
    expect([first.status, again.body, replayed(again)]).toEqual([200, first.body, 'true']);
  });

  it('repeats a final refusal as a problem', async () => {
    const [key, body] = [randomUUID(), { list: 'nowhere', hashes: { pdq: randomHash(random) } }];
    const first = await post(analyst(), '/v1/entries', key, body);
    const again = await post(analyst(), '/v1/entries', key, body);
    expect([first.status, again.status, replayed(again)]).toEqual([404, 404, 'true']);
    expect(again.headers.get('content-type')).toContain('application/problem+json');
    expect(problemOf(again)).toEqual(problemOf(first));
  });

  it('refuses another body or path with the same key', async () => {
    const key = randomUUID();
    await post(operator(), '/v1/lists', key, listOf('first'));
    const other = await post(operator(), '/v1/lists', key, listOf('first', 'Two'));
    const { id } = await on.client.enrolHashes({ pdq: randomHash(random) });
    expect([other.status, problemOf(other).code, replayed(other)]).toEqual([409, 'conflict', null]);
    await post(analyst(), '/v1/entries', key, { list: 'known', hashes: { pdq: randomHash(random) } });
    expect((await post(analyst(), `/v1/entries/${id}/withdraw`, key, { reason: 'x' })).status).toBe(409);
  });

  it('belongs to one API key', async () => {
    const [key, body] = [randomUUID(), { list: 'known', hashes: { pdq: randomHash(random) } }];
    await post(analyst(), '/v1/entries', key, body);
    const flagged = await post(on.client.as('flagger'), '/v1/entries', key, body);
    expect([flagged.status, replayed(flagged)]).toEqual([202, null]);
  });

  it('repeats the receipt of a flagger', async () => {
    const [key, body] = [randomUUID(), { list: 'known', hashes: { pdq: randomHash(random) } }];
    const flagger = on.client.as('flagger');
    const first = await post(flagger, '/v1/entries', key, body);
    expect((await post(flagger, '/v1/entries', key, body)).body).toEqual(first.body);
  });

  it('sent ten times at once acts once; the other requests get 409 or the same answer', async () => {
    const [key, body] = [randomUUID(), { list: 'known', hashes: { pdq: randomHash(random) } }];
    const answers = await Promise.all(Array.from({ length: 10 }, () => post(analyst(), '/v1/entries', key, body)));
    const created = answers.filter(({ status }) => status === 201);
    expect(created.filter((answer) => replayed(answer) === null).length).toBe(1);
    for (const answer of answers.filter(({ status }) => status !== 201)) {
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([409, '1']);
    }
  });

  it('can be used again after a body that is not JSON', async () => {
    const key = randomUUID();
    const headers = { 'content-type': 'application/json', 'idempotency-key': key };
    expect((await operator().call('POST', '/v1/lists', { body: '{', headers })).status).toBe(400);
    expect((await post(operator(), '/v1/lists', key, listOf('afterwards'))).status).toBe(201);
  });

  it.each([
    ['of spaces', 'a b'],
    ['of 201 characters', 'x'.repeat(201)],
    ['of other letters', 'clé'],
    ['that is empty', ''],
  ])('%s answers 400 before the body is read', async (_, key) => {
    const connection = await RawConnection.open(on.service.url);
    const authorization = `Bearer ${keyOf('operator')}`;
    connection.request('POST', '/v1/lists', { authorization, 'idempotency-key': key, 'content-length': '1000' });
    const answer = await connection.answer();
    expect([answer.status, problemOf(answer).detail]).toEqual([400, expect.stringContaining('Idempotency-Key')]);
    connection.close();
  });

  it('is ignored by a POST that writes nothing', async () => {
    const headers = { 'content-type': 'application/json', 'idempotency-key': 'a b' };
    const body = JSON.stringify({ hashes: { pdq: randomHash(random) } });
    expect((await on.client.call('POST', '/v1/match', { body, headers })).status).toBe(200);
  });

  it('is accepted by every POST that writes', async () => {
    const { body } = await on.client.call('GET', '/openapi.json');
    const posts = Object.entries(documentSchema.parse(body).paths).flatMap(([path, { post }]) =>
      post ? [{ path, ...post }] : [],
    );
    const taking = posts.filter(({ parameters }) => parameters.some(({ name }) => name === 'idempotency-key'));
    const answering = posts.filter((post) => !taking.includes(post)).map(({ path }) => path);
    expect(taking.length).toBeGreaterThan(0);
    expect(answering.toSorted()).toEqual([
      '/v1/cases',
      '/v1/cases/assisted',
      '/v1/cases/status',
      '/v1/cases/withdraw',
      '/v1/deconflict',
      '/v1/entries/preview',
      '/v1/exchanges/{id}/fetch',
      '/v1/exports/{id}/cancel',
      '/v1/hash',
      '/v1/imports',
      '/v1/imports/{id}/cancel',
      '/v1/match',
      '/v1/match/batch',
      '/v1/matches/{requestId}/drafts/cybertipline',
      '/v1/matches/{requestId}/drafts/statement-of-reasons',
      '/v1/rapprochements',
      '/v1/session',
      '/v1/stopncii/SubmitFeedback',
      '/v1/stopncii/SubmitHashes',
    ]);
  });
});
