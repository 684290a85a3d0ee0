import { describe, expect, it } from 'vitest';
import { listSchema, listsSchema } from '../../src/http/schemas/list.js';
import { expectOk, problemOf } from '../support/client.js';
import { flipBits, photograph, randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(3);
const operator = () => on.client.as('operator');
const create = (list: object) => operator().json('POST', '/v1/lists', list);
const patch = async (id: string, change: object) =>
  expectOk(listSchema, await operator().json('PATCH', `/v1/lists/${id}`, change));
const fresh = { title: 'A list', class: 'tvec', action: 'remove', verification: { people: 0, organisations: 0 } };

describe('POST /v1/lists', () => {
  it('answers 201 with the list and its default thresholds, and lists it', async () => {
    const answer = await create({ id: 'fresh', ...fresh });
    expect(answer.status).toBe(201);
    const list = expectOk(listSchema, answer);
    expect(list).toMatchObject({ id: 'fresh', ...fresh, enabled: true, thresholds: { pdq: { tight: 16, wide: 31 } } });
    const { items } = expectOk(listsSchema, await on.client.as('analyst').call('GET', '/v1/lists'));
    expect(items).toContainEqual(list);
    expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['test', 'known', 'illegal', 'harmless']));
  });

  it('answers 409 for an id that is taken', async () => {
    const answer = await create({ id: 'known', ...fresh });
    expect(answer.status).toBe(409);
    expect(problemOf(answer)).toMatchObject({ code: 'conflict', detail: expect.stringContaining('known') });
  });

  it.each<[string, object]>([
    ['id', { ...fresh }],
    ['id', { ...fresh, id: 'Not An Id' }],
    ['title', { ...fresh, id: 'new', title: '' }],
    ['class', { ...fresh, id: 'new', class: 'other' }],
    ['action', { ...fresh, id: 'new', action: 'delete' }],
    ['thresholds.pdq.tight', { ...fresh, id: 'new', thresholds: { pdq: { tight: 20, wide: 10 }, blockhash: 1 } }],
    ['thresholds.pdq.wide', { ...fresh, id: 'new', thresholds: { pdq: { tight: 1, wide: 64 }, blockhash: 1 } }],
    ['colour', { ...fresh, id: 'new', colour: 'red' }],
  ])('names the invalid field: %s', async (field, list) => {
    const answer = await create(list);
    expect(answer.status).toBe(400);
    expect(problemOf(answer).detail).toContain(field);
  });
});

describe('PATCH /v1/lists/{id}', () => {
  it('changes the given fields and nothing else', async () => {
    await create({ id: 'changing', ...fresh });
    const changed = await patch('changing', { title: 'Another title' });
    expect(changed).toMatchObject({ id: 'changing', title: 'Another title', class: 'tvec', action: 'remove', enabled: true });
  });

  it('changes thresholds at once', async () => {
    await create({ id: 'elastic', ...fresh });
    const pdq = randomHash(random);
    await on.client.enrolHashes({ pdq, quality: 100 }, 'elastic');
    const query = { pdq: flipBits(pdq, 10, random), quality: 100 };
    expect((await on.client.matchHashes(query)).verdict).toBe('remove');
    await patch('elastic', { thresholds: { pdq: { tight: 5, wide: 12 }, blockhash: 0 } });
    expect((await on.client.matchHashes(query)).verdict).toBe('hold_for_review');
    await patch('elastic', { thresholds: { pdq: { tight: 5, wide: 9 }, blockhash: 0 } });
    expect((await on.client.matchHashes(query)).verdict).toBe('no_known_match');
    await patch('elastic', { thresholds: { pdq: { tight: 16, wide: 63 }, blockhash: 0 } });
    const far = await on.client.matchHashes({ pdq: flipBits(pdq, 60, random), quality: 100 });
    expect(far).toMatchObject({ verdict: 'hold_for_review', matches: [{ list: 'elastic', distance: 60, threshold: 63 }] });
  });

  it('changes the action at once', async () => {
    await create({ id: 'turning', ...fresh });
    await on.client.enrol(await photograph(1), 'turning');
    await patch('turning', { action: 'hold_for_review' });
    expect((await on.client.match(await photograph(1))).verdict).toBe('hold_for_review');
  });

  it('disables and enables a list', async () => {
    await create({ id: 'switched', ...fresh });
    const image = await photograph(2);
    await on.client.enrol(image, 'switched');
    await patch('switched', { enabled: false });
    expect((await on.client.match(image)).verdict).toBe('no_known_match');
    await patch('switched', { enabled: true });
    expect((await on.client.match(image)).verdict).toBe('remove');
  });

  it('refuses an empty change', async () => {
    expect((await operator().json('PATCH', '/v1/lists/known', {})).status).toBe(400);
  });

  it('answers 404 for a missing list', async () => {
    expect((await operator().json('PATCH', '/v1/lists/nowhere', { title: 'x' })).status).toBe(404);
  });
});

describe('a service whose lists are all disabled', () => {
  it('answers every match with 403 no_lists, never no_known_match', async () => {
    const { items } = expectOk(listsSchema, await operator().call('GET', '/v1/lists'));
    for (const { id } of items) await patch(id, { enabled: false });
    const hashes = { pdq: randomHash(random) };
    const item = { id: '1', hashes };
    const headers = { 'content-type': 'application/x-ndjson' };
    const answers = [
      await on.client.json('POST', '/v1/match', { hashes }),
      await on.client.call('POST', '/v1/match', { body: await photograph(1), headers: { 'content-type': 'image/jpeg' } }),
      await on.client.json('POST', '/v1/match/batch', { items: [item] }),
      await on.client.call('POST', '/v1/match/batch', { body: JSON.stringify(item), headers }),
    ];
    for (const answer of answers) {
      expect(answer.status).toBe(403);
      expect(problemOf(answer).code).toBe('no_lists');
    }
  });
});
