import { describe, expect, it } from 'vitest';
import { previewSchema } from '../../src/http/schemas/entry.js';
import { expectOk, problemOf } from '../support/client.js';
import { flipBits, photograph, randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(97);
const analyst = () => on.client.as('analyst');
const near = (hex: string, bits: number) => ({ pdq: flipBits(hex, bits, random), quality: 100 });
const preview = async (hashes: unknown, list = 'known') =>
  expectOk(previewSchema, await analyst().json('POST', '/v1/entries/preview', { list, hashes }));

describe('a preview of an entry', () => {
  it('counts recent queries that the entry would have matched, of organisations that opted in', async () => {
    const pdq = randomHash(random);
    await on.client.matchHashes(near(pdq, 4));
    expect((await preview(near(pdq, 0))).queries).toEqual({ asked: 0, hit: 0 });

    await on.client.as('operator').json('PATCH', '/v1/organisation', { queryHours: 1 });
    for (const query of [near(pdq, 4), near(pdq, 9), near(randomHash(random), 0)]) await on.client.matchHashes(query);
    await on.client
      .as('platform', 'others')
      .matchHashes(near(pdq, 2))
      .catch(() => {});
    await expect.poll(async () => (await preview(near(pdq, 0))).queries, { timeout: 5_000 }).toEqual({ asked: 3, hit: 2 });
  });

  it('names known entries near it', async () => {
    const pdq = randomHash(random);
    const { id } = await on.client.enrolHashes({ pdq, quality: 100 });
    expect((await preview(near(pdq, 7))).entries).toEqual([{ entry: id, list: 'known', distance: 7 }]);
  });

  it('says that a hash would match everything', async () => {
    expect((await preview({ pdq: '0'.repeat(64), quality: 100 })).degenerate).not.toBeNull();
  });

  it('enrols nothing', async () => {
    const image = await photograph(61);
    const form = new FormData();
    form.set('image', new Blob([new Uint8Array(image)]), 'image');
    form.set('entry', JSON.stringify({ list: 'known' }));
    expectOk(previewSchema, await analyst().call('POST', '/v1/entries/preview', { body: form }));
    expect((await on.client.match(image)).verdict).toBe('no_known_match');
  });
});

describe('harmless content', () => {
  it('is not enrolled as harmful', async () => {
    const image = await photograph(62);
    await on.client.confirmed(await on.client.enrol(image, 'harmless'));
    const { pdq } = (await on.client.hash(image)).hashes;
    const answer = await analyst().json('POST', '/v1/entries', { list: 'known', hashes: { pdq } });
    expect([answer.status, problemOf(answer).code]).toEqual([409, 'conflict']);
    expect(await preview({ pdq })).toMatchObject({ knownGood: 'same' });
  });

  it('makes a distant resemblance wait for review in any list', async () => {
    const pdq = randomHash(random);
    await on.client.confirmed(await on.client.enrolHashes({ pdq, quality: 100 }, 'harmless'));
    expect(await on.client.enrolHashes(near(pdq, 24))).toMatchObject({ status: 'draft' });
  });

  it('suppresses nothing until two organisations confirm it', async () => {
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq: flipBits(pdq, 20, random), quality: 100 });
    const { id } = await on.client.enrolHashes({ pdq, quality: 100 }, 'harmless');
    await on.client.as('reviewer').json('POST', `/v1/entries/${id}/confirm`, {});
    expect((await on.client.matchHashes({ pdq, quality: 100 })).verdict).toBe('hold_for_review');
    await on.client.as('reviewer', 'others').json('POST', `/v1/entries/${id}/confirm`, {});
    expect((await on.client.matchHashes({ pdq, quality: 100 })).verdict).toBe('suppressed');
  });
});
