import { describe, expect, it } from 'vitest';
import { problemOf } from '../support/client.js';
import { randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(11);
const hashes = () => ({ pdq: [{ value: randomHash(random), quality: 100 }] });
const match = (version: string) =>
  on.client.call('POST', '/v1/match', {
    body: JSON.stringify({ hashes: { pdq: randomHash(random), quality: 100 } }),
    headers: { 'content-type': 'application/json', 'if-index-version': version },
  });
const enrol = (role: 'analyst' | 'flagger') =>
  on.client.as(role).json('POST', '/v1/entries', { list: 'known', hashes: hashes() });
const versionOfEnrolment = async () => (await enrol('analyst')).headers.get('vigie-index-version') ?? '';

describe('a match with If-Index-Version', () => {
  it('is answered once the node has that version', async () => {
    expect((await match(await versionOfEnrolment())).status).toBe(200);
  });

  it('answers 503 with Retry-After if the node does not reach the version within two seconds', async () => {
    const [epoch] = (await versionOfEnrolment()).split('.');
    const answer = await match(`${epoch}.900000000:900000001:`);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('1');
    expect(problemOf(answer).code).toBe('index_unavailable');
  });

  it('answers 409 if the version is of another database', async () => {
    const [, snapshot] = (await versionOfEnrolment()).split('.');
    expect((await match(`00000000.${snapshot}`)).status).toBe(409);
  });

  it.each(['', 'x', '1:2:3', `00000000.1:2:${'1,'.repeat(3_000)}`])(
    'answers 400 to a malformed version (%#)',
    async (version) => {
      expect((await match(version)).status).toBe(400);
    },
  );
});

describe('the receipt of a flagger', () => {
  it('has no version: transaction numbers would tell whether anything was written', async () => {
    const { status, headers } = await enrol('flagger');
    expect([status, headers.get('vigie-index-version')]).toEqual([202, null]);
  });
});
