import { beforeAll, describe, expect, it } from 'vitest';
import { entrySchema } from '../../src/http/schemas/entry.js';
import { explanationSchema, feedbackSchema, toldVerdictsSchema } from '../../src/http/schemas/history.js';
import { expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(83);
const other = () => on.client.as('platform', 'others');
const sha256Of = (hex: string) => hex;

async function listed(list: string) {
  const hashes = { pdq: randomHash(random), sha256: sha256Of(randomHash(random)), quality: 100 };
  const { id } = await on.client.enrolHashes(hashes, list);
  const near = () => ({ pdq: flipBits(hashes.pdq, 6, random), quality: 100 });
  const statusNow = async () => expectOk(entrySchema, await on.client.as('analyst').call('GET', `/v1/entries/${id}`)).status;
  return { id, exact: { sha256: hashes.sha256 }, near, statusNow };
}

async function callsFalse(client: typeof on.client, query: unknown) {
  const { requestId } = await client.matchHashes(query);
  return client.json('POST', `/v1/matches/${requestId}/feedback`, { outcome: 'false_positive', reason: 'our own logo' });
}

beforeAll(async () => {
  const list = { title: 'Shared', class: 'ncii_adult', action: 'remove', verification: { people: 0, organisations: 0 } };
  for (const [id, floodAnHour] of [
    ['shared', 1_000_000],
    ['flooded', 20],
  ] as const) {
    await on.client.createList({ id, ...list, limits: { withdrawalsAnHour: 100, disputesAfter: 2, floodAnHour } });
    await on.client.as('operator').json('PUT', `/v1/lists/${id}/grants/others`, { rights: ['match'] });
  }
});

describe('a platform that reports a false positive', () => {
  it('changes nothing alone, even if it repeats the report', async () => {
    const { near, statusNow } = await listed('shared');
    for (let time = 0; time < 3; time++) expect((await callsFalse(on.client, near())).status).toBe(201);
    expect(await statusNow()).toBe('verified');
    expect((await on.client.matchHashes(near())).verdict).toBe('remove');
  });

  it('together with another organisation makes near matches hold but not exact ones', async () => {
    const { near, exact, statusNow } = await listed('shared');
    await callsFalse(on.client, near());
    expectOk(feedbackSchema, await callsFalse(other(), near()));
    expect(await statusNow()).toBe('disputed');
    expect((await on.client.matchHashes(near())).verdict).toBe('hold_for_review');
    expect((await on.client.matchHashes(exact)).verdict).toBe('remove');
  });

  it('is overruled by a reviewer until more reports come', async () => {
    const { id, near, statusNow } = await listed('shared');
    await callsFalse(on.client, near());
    await callsFalse(other(), near());
    await on.client.as('reviewer').json('POST', `/v1/entries/${id}/release`, { reason: 'it is what it says' });
    expect(await statusNow()).toBe('verified');
    await callsFalse(on.client, near());
    expect(await statusNow()).toBe('verified');
  });

  it('may report its own verdicts only', async () => {
    const { near } = await listed('shared');
    const { requestId } = await on.client.matchHashes(near());
    const answer = await other().json('POST', `/v1/matches/${requestId}/feedback`, { outcome: 'false_positive' });
    expect([answer.status, problemOf(answer).code]).toEqual([404, 'not_found']);
  });
});

describe('an abuser who floods an entry', () => {
  it('makes near matches hold with another organisation; exact matches are still removed', async () => {
    const { near, exact, statusNow } = await listed('flooded');
    const flood = (client: typeof on.client) => Promise.all(Array.from({ length: 30 }, () => client.matchHashes(near())));
    await Promise.all([flood(on.client), flood(other())]);
    await expect.poll(statusNow, { timeout: 10_000 }).toBe('quarantined');
    // The change feed brings it to the index a moment later.
    await expect.poll(async () => (await on.client.matchHashes(near())).verdict, { timeout: 10_000 }).toBe('hold_for_review');
    expect((await on.client.matchHashes(exact)).verdict).toBe('remove');
  });

  it('changes nothing alone, nor by repeating queries', async () => {
    const [alone, repeated, noticed] = [await listed('flooded'), await listed('flooded'), await listed('flooded')];
    const query = repeated.near();
    const ask = async (client: typeof on.client, of: () => unknown, times = 40) => {
      for (let time = 0; time < times; time++) await client.matchHashes(of());
    };
    await Promise.all([
      ask(other(), alone.near),
      ask(other(), () => query),
      ask(on.client, () => query),
      ask(other(), noticed.near, 30),
      ask(on.client, noticed.near, 30),
    ]);
    // The guard has counted them all when it has quarantined the last one.
    await expect.poll(noticed.statusNow, { timeout: 10_000 }).toBe('quarantined');
    await expect.poll(countedMatches, { timeout: 10_000 }).toBeGreaterThanOrEqual(180);
    expect([await alone.statusNow(), await repeated.statusNow()]).toEqual(['verified', 'verified']);
  });
});

async function countedMatches(): Promise<number> {
  const { database } = await openTestDatabase(on.service.database);
  const [row] = await database.query<{ matches: number }>('select sum(matches)::int as matches from entry_match_source');
  await database.close();
  return row?.matches ?? 0;
}

describe('the log of verdicts', () => {
  it('shows an organisation its own verdicts in pages, newest first', async () => {
    const { near } = await listed('shared');
    const requests = [];
    for (let number = 0; number < 3; number++) requests.push((await other().matchHashes(near())).requestId);
    const first = expectOk(toldVerdictsSchema, await other().call('GET', '/v1/matches?limit=2'));
    const cursor = encodeURIComponent(first.nextCursor ?? '');
    const second = expectOk(toldVerdictsSchema, await other().call('GET', `/v1/matches?limit=2&cursor=${cursor}`));
    const seen = [...first.items, ...second.items].map(({ requestId }) => requestId);
    expect(seen.slice(0, 3)).toEqual(requests.toReversed());
    const own = expectOk(toldVerdictsSchema, await on.client.call('GET', '/v1/matches?limit=200'));
    expect(own.items.map(({ requestId }) => requestId)).not.toContain(requests[0]);
  });

  it('does not contain queries without a match', async () => {
    const { requestId } = await on.client.matchHashes({ pdq: randomHash(random), quality: 100 });
    expect((await on.client.call('GET', `/v1/matches/${requestId}`)).status).toBe(404);
  });

  it('explains a verdict by the version of the list at that time', async () => {
    const { id, near } = await listed('shared');
    const { requestId } = await on.client.matchHashes(near());
    const patch = (action: string) => on.client.as('operator').json('PATCH', '/v1/lists/shared', { action });
    await patch('hold_for_review');
    const why = expectOk(explanationSchema, await on.client.call('GET', `/v1/matches/${requestId}/explain`));
    await patch('remove');
    expect(why).toMatchObject({ verdict: 'remove', replayed: 'remove', lists: [{ list: 'shared' }] });
    expect(why.sightings).toMatchObject([{ entry: id, band: 'tight', sure: true, verified: true, outcome: 'remove' }]);
  });
});
