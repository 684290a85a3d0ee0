import { beforeAll, describe, expect, it } from 'vitest';
import { entryPageSchema, entrySchema, previewSchema } from '../../src/http/schemas/entry.js';
import { activitySchema, entryHashesSchema } from '../../src/http/schemas/entry-details.js';
import { listHistorySchema } from '../../src/http/schemas/list-history.js';
import { seriesPageSchema } from '../../src/http/schemas/series.js';
import { type Answer, expectOk, problemOf } from '../support/client.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(61);
const analyst = () => on.client.as('analyst');
const reviewer = () => on.client.as('reviewer');
const police = () => on.client.as('reviewer', 'others');
const operator = () => on.client.as('operator');
const near = (pdq: string, bits = 4) => ({ pdq: flipBits(pdq, bits, random), quality: 100 });
const about = (client: ReturnType<typeof analyst>, id: string, what: string) => client.call('GET', `/v1/entries/${id}/${what}`);
const nothing = { verification: { people: 0, organisations: 0 }, class: 'ncii_adult', action: 'remove' };

async function enrol(list: string, more: object = {}, pdq = randomHash(random)) {
  const answer = await analyst().json('POST', '/v1/entries', { list, hashes: { pdq, quality: 100 }, ...more });
  return { ...expectOk(entrySchema, answer), pdq };
}

beforeAll(async () => {
  for (const id of ['busy', 'other', 'secret', 'versioned']) await on.client.createList({ id, title: id, ...nothing });
  for (const [id, rights] of [
    ['busy', ['read', 'match']],
    ['other', ['read']],
  ] as const)
    await operator().json('PUT', `/v1/lists/${id}/grants/others`, { rights });
});

describe('GET /v1/entries/{id}/activity', () => {
  it('counts the verdicts of all platforms and shows their reports without their names', async () => {
    const { id, pdq } = await enrol('busy');
    const platforms = [on.client, on.client.as('platform', 'others')];
    const verdicts = await Promise.all(platforms.map((platform) => platform.matchHashes(near(pdq))));
    const path = `/v1/matches/${verdicts[0]?.requestId}/feedback`;
    await on.client.json('POST', path, { outcome: 'false_positive', reason: 'our own logo' });
    const activity = expectOk(activitySchema, await about(police(), id, 'activity?days=2'));
    expect(activity.days).toMatchObject([{ verdicts: { remove: 2 } }]);
    expect(activity.falsePositives).toEqual({ count: 1, reports: [{ at: expect.any(String), reason: 'our own logo' }] });
    expect(Date.now() - Date.parse(activity.since)).toBeLessThan(2 * 86_400_000);
  });

  it('of an entry that never matched is empty', async () => {
    const { id } = await enrol('busy');
    const activity = expectOk(activitySchema, await about(reviewer(), id, 'activity'));
    expect(activity).toMatchObject({ days: [], falsePositives: { count: 0, reports: [] } });
  });

  it.each(['0', '366', 'all'])('refuses %s days', async (days) => {
    expect((await about(reviewer(), `ent_${'0'.repeat(32)}`, `activity?days=${days}`)).status).toBe(400);
  });
});

describe('GET /v1/entries/{id}/hashes', () => {
  const hashesOf = async (id: string) => expectOk(entryHashesSchema, await about(reviewer(), id, 'hashes'));

  it('names the kinds of hashes and never their values', async () => {
    const { id, pdq } = await enrol('busy', { hashes: { pdq: randomHash(random), quality: 88, md5: 'ab'.repeat(16) } });
    const { items, fingerprint } = await hashesOf(id);
    expect(items).toEqual([
      { algorithm: 'pdq', variant: 'full', quality: 88 },
      { algorithm: 'md5', variant: 'full', quality: null },
    ]);
    expect(fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprint).not.toBe(pdq);
  });

  it('gives the same content of one list the same fingerprint, and another one on another list', async () => {
    const pdq = randomHash(random);
    const [first, elsewhere] = [await enrol('busy', {}, pdq), await enrol('other', {}, pdq)];
    const { fingerprint } = await hashesOf(first.id);
    expect((await hashesOf(first.id)).fingerprint).toBe(fingerprint);
    expect((await hashesOf(elsewhere.id)).fingerprint).not.toBe(fingerprint);
    await on.client.withdraw(first.id);
    expect(await hashesOf(first.id)).toEqual({ items: [], fingerprint: null });
  });
});

describe('GET /v1/entries/{id}/preview', () => {
  it('names known entries near it, and not the entry itself', async () => {
    const { id, pdq } = await enrol('busy');
    const other = await enrol('other', { hashes: near(pdq, 7) });
    const preview = expectOk(previewSchema, await about(police(), id, 'preview'));
    expect(preview).toEqual({
      queries: { asked: 0, hit: 0 },
      entries: [{ entry: other.id, list: 'other', distance: 7 }],
      knownGood: 'none',
      degenerate: null,
    });
  });

  it('says that content is known to be harmless, but not by the entry itself', async () => {
    const { id, pdq } = await enrol('busy');
    const harmless = await on.client.confirmed(await enrol('harmless', {}, pdq));
    expect(expectOk(previewSchema, await about(reviewer(), id, 'preview')).knownGood).toBe('same');
    expect(expectOk(previewSchema, await about(reviewer(), harmless.id, 'preview')).knownGood).toBe('none');
  });

  it('of a withdrawn entry is a conflict', async () => {
    const { id } = await enrol('busy');
    await on.client.withdraw(id);
    const answer = await about(reviewer(), id, 'preview');
    expect([answer.status, problemOf(answer).detail]).toEqual([409, expect.stringContaining('withdrawn')]);
  });
});

it.each(['activity', 'hashes', 'preview'])('the %s of an entry is unknown to strangers', async (what) => {
  const { id } = await enrol('secret');
  const answer = await about(police(), id, what);
  expect([answer.status, problemOf(answer).code]).toEqual([404, 'not_found']);
});

describe('series', () => {
  const seriesOf = async (client: ReturnType<typeof analyst>, query: string) =>
    expectOk(seriesPageSchema, await client.call('GET', `/v1/series?${query}`));
  const named = ({ body }: Answer) =>
    expectOk(entryPageSchema, { status: 200, body, headers: new Headers() }).items.map(({ id }) => id);

  it('are counted over the lists that the organisation may read', async () => {
    await enrol('busy', { series: 'Case 17' });
    const other = await enrol('other', { series: 'Case 17' });
    await enrol('secret', { series: 'Case 17' });
    await on.client.withdraw(other.id);
    const ours = await seriesOf(reviewer(), 'search=case%201');
    expect(ours.items).toMatchObject([
      {
        series: 'Case 17',
        entries: 3,
        byStatus: { verified: 2, withdrawn: 1 },
        lists: ['busy', 'other', 'secret'],
        organisations: 1,
      },
    ]);
    expect(ours.items[0]).toMatchObject({ victimIdentified: null, offenderIdentified: null });
    const theirs = await seriesOf(police(), 'search=case%201');
    expect(theirs.items).toMatchObject([{ entries: 2, lists: ['busy', 'other'] }]);
    expect((await seriesOf(police(), 'list=secret')).items).toEqual([]);
  });

  it('come in the order of their names, on as many pages as it takes', async () => {
    for (const name of ['page ü', 'page 1', 'page 2']) await enrol('busy', { series: name });
    const first = await seriesOf(reviewer(), 'search=PAGE&limit=2');
    const second = await seriesOf(reviewer(), `search=PAGE&limit=2&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    expect([...first.items, ...second.items].map(({ series }) => series)).toEqual(['page 1', 'page 2', 'page ü']);
    expect(second.nextCursor).toBeNull();
  });

  it('filter the entries, and so do class and organisation', async () => {
    const { id } = await enrol('busy', { series: 'filtered', class: 'tvec' });
    const ofSeries = await reviewer().call('GET', '/v1/entries?series=filtered');
    const ofClass = await reviewer().call('GET', '/v1/entries?class=tvec&organisation=tests');
    const ofOthers = await reviewer().call('GET', '/v1/entries?series=filtered&organisation=others');
    expect([ofSeries, ofClass, ofOthers].map(named)).toEqual([[id], [id], []]);
  });
});

describe('GET /v1/lists/{id}/versions', () => {
  const versionsOf = async (client: ReturnType<typeof analyst>, query = '') =>
    expectOk(listHistorySchema, await client.call('GET', `/v1/lists/versioned/versions${query}`));
  beforeAll(async () => {
    await operator().json('PATCH', '/v1/lists/versioned', { share: 50 });
    await operator().json('PUT', '/v1/lists/versioned/grants/others', { rights: ['read'] });
  });

  it('shows what changed and who did it, newest first', async () => {
    const { items, nextCursor } = await versionsOf(operator());
    expect(items.map(({ version, changes }) => [version, changes])).toEqual([
      [3, [{ setting: 'grants.others', from: [], to: ['read'], weakens: true }]],
      [2, [{ setting: 'share', from: 100, to: 50, weakens: false }]],
      [1, []],
    ]);
    expect(items[0]?.by).toMatchObject({ organisation: 'tests', person: expect.any(Number) });
    expect(nextCursor).toBeNull();
  });

  it('compares the last one of a page with the next page', async () => {
    const first = await versionsOf(operator(), '?limit=2');
    expect(first.items[1]?.changes).toMatchObject([{ setting: 'share' }]);
    expect((await versionsOf(operator(), `?limit=2&cursor=${first.nextCursor}`)).items).toMatchObject([{ version: 1 }]);
  });

  it('shows an organisation its own rights, and not those of others', async () => {
    expect((await versionsOf(police())).items[0]?.changes).toMatchObject([{ setting: 'grants.others' }]);
    expect((await versionsOf(reviewer())).items[0]?.changes).toEqual([]);
  });

  it('is unknown to strangers', async () => {
    for (const list of ['secret', 'nowhere']) expect((await police().call('GET', `/v1/lists/${list}/versions`)).status).toBe(404);
  });

  it('refuses a cursor that it has not given', async () => {
    expect((await operator().call('GET', '/v1/lists/versioned/versions?cursor=x')).status).toBe(400);
  });
});
