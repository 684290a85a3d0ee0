import { describe, expect, it } from 'vitest';
import { fetchedHashesSchema, submittedFeedbackSchema, submittedHashesSchema } from '../../src/http/schemas/stopncii.js';
import { expectOk, problemOf } from '../support/client.js';
import { openTestDatabase } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { uuidOf } from '../support/own-database.js';
import { keyOf } from '../support/seed.js';
import { useService } from '../support/use-service.js';

const on = useService();
const random = randomFrom(54);
const operator = () => on.client.as('operator');
const nobody = { people: 0, organisations: 0 };
const newList = (id: string, disputesAfter = 2) =>
  on.client.createList({
    ...{ id, title: id, class: 'ncii_adult', action: 'remove', verification: nobody },
    limits: { withdrawalsAnHour: 100, disputesAfter, floodAnHour: 100_000 },
  });
const grant = async (list: string, rights: readonly string[]) =>
  expect((await operator().json('PUT', `/v1/lists/${list}/grants/others`, { rights })).status).toBe(200);

/** The client of a partner: no header of Vigie. */
async function call(method: string, path: string, list: string, body?: unknown) {
  const response = await fetch(`${on.service.url}/v1/stopncii/${path}`, {
    method,
    headers: {
      'x-functions-key': keyOf('analyst', 'others'),
      'Ocp-Apim-Subscription-Key': list,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

/** As pytx does: the same start for all pages, then the start of the next round. */
async function round(list: string, startTimestamp: number, pageSize = 2) {
  const records = new Map<string, string>();
  for (let token = ''; ; ) {
    const query = new URLSearchParams({
      startTimestamp: String(startTimestamp),
      pageSize: String(pageSize),
      nextPageToken: token,
    });
    const page = expectOk(fetchedHashesSchema, await call('GET', `FetchHashes?${query}`, list));
    expect(page.count).toBe(page.hashRecords.length);
    for (const { signalType, hashValue, hashStatus } of page.hashRecords) records.set(`${signalType} ${hashValue}`, hashStatus);
    if (!page.hasMoreRecords) return { records: Object.fromEntries(records), next: page.nextSetTimestamp };
    expect(page.nextSetTimestamp).toBe(startTimestamp);
    token = page.nextPageToken ?? '';
  }
}

const enrol = async (list: string, hashes: unknown) => (await on.client.enrolHashes(hashes, list)).id;
const withdraw = (id: string, byVictim = false) =>
  on.client.as('analyst').json('POST', `/v1/entries/${id}/withdraw`, { reason: 'asked', byVictim });

describe('GET /v1/stopncii/FetchHashes', () => {
  it('gives the whole list, then what changed, with the hashes that were taken back', async () => {
    await newList('partner');
    await grant('partner', ['export']);
    const [pdq, other, md5] = [randomHash(random), randomHash(random), randomHash(random).slice(0, 32)];
    const first = await enrol('partner', { pdq, sha256: randomHash(random) });
    await enrol('partner', { pdq: other });
    await enrol('partner', { md5 });
    const { records, next } = await round('partner', 10);
    expect(records).toEqual({
      [`ImagePDQ ${pdq}`]: 'Active',
      [`ImagePDQ ${other}`]: 'Active',
      [`VideoMD5 ${md5}`]: 'Active',
    });
    expect((await round('partner', next)).records).toEqual({});
    await withdraw(first);
    const after = await round('partner', next);
    expect(after.records).toEqual({ [`ImagePDQ ${pdq}`]: 'Withdrawn' });
    expect((await round('partner', 10)).records).toEqual({ [`ImagePDQ ${other}`]: 'Active', [`VideoMD5 ${md5}`]: 'Active' });
  });

  it('never gives a partner the hash of an entry that it did not have', async () => {
    await newList('unseen');
    await grant('unseen', ['export']);
    const { next } = await round('unseen', 10);
    await withdraw(await enrol('unseen', { pdq: randomHash(random) }));
    expect((await round('unseen', next)).records).toEqual({});
  });

  it('keeps a hash active while another entry has it', async () => {
    await newList('twice');
    await grant('twice', ['export']);
    const pdq = randomHash(random);
    const first = await enrol('twice', { pdq, sha256: randomHash(random) });
    await enrol('twice', { pdq, sha256: randomHash(random) });
    const { next } = await round('twice', 10);
    await withdraw(first);
    expect((await round('twice', next)).records).toEqual({ [`ImagePDQ ${pdq}`]: 'Active' });
  });

  it('answers 410 when it cannot name a hash that the partner had', async () => {
    await newList('erased');
    await grant('erased', ['export']);
    const id = await enrol('erased', { pdq: randomHash(random) });
    const { next } = await round('erased', 10);
    await withdraw(id, true);
    const { database } = await openTestDatabase(on.service.database);
    await database.query('update tombstone set sealed = null where entry = $1', [uuidOf(id)]);
    await database.close();
    const answer = await call('GET', `FetchHashes?startTimestamp=${next}`, 'erased');
    expect(problemOf(answer)).toMatchObject({ code: 'feed_restart', detail: expect.stringContaining('erased') });
    expect((await round('erased', 10)).records).toEqual({});
  });

  it('answers 410 to a start that it never gave', async () => {
    await newList('strange');
    await grant('strange', ['export']);
    const answer = await call('GET', 'FetchHashes?startTimestamp=1625175071', 'strange');
    expect(answer.status).toBe(410);
    expect(problemOf(answer)).toMatchObject({ code: 'feed_restart', detail: expect.stringContaining('or 10') });
  });

  it('needs the right to export, and the name of a list', async () => {
    expect((await call('GET', 'FetchHashes', 'known')).status).toBe(403);
    expect((await call('GET', 'FetchHashes', 'nowhere')).status).toBe(404);
    expect((await call('GET', 'FetchHashes', 'No list')).status).toBe(400);
    expect((await on.client.as('analyst').call('GET', '/v1/stopncii/FetchHashes')).status).toBe(400);
    expect((await on.client.as('analyst').call('GET', '/v1/stopncii/FetchHashes?list=known')).status).toBe(200);
  });
});

describe('POST /v1/stopncii/SubmitHashes', () => {
  it('enrols the good records and names the others', async () => {
    await newList('theirs');
    await grant('theirs', ['enrol', 'match']);
    const pdq = randomHash(random);
    const hashRecords = [
      {
        signalType: 'StopNCIISignalType.ImagePDQ',
        hashValue: pdq,
        lastModtimestamp: 1,
        CSPFeedbacks: [{ tags: ['Nude'], feedbackValue: 'Blocked' }],
      },
      { signalType: 'VideoTMK', hashValue: 'AAAA' },
      { signalType: 'ImagePDQ', hashValue: 'abc' },
      { signalType: 'ImagePDQ', hashValue: '0'.repeat(64) },
    ];
    const submitted = expectOk(submittedHashesSchema, await call('POST', 'SubmitHashes', 'theirs', { count: 4, hashRecords }));
    expect(submitted).toMatchObject({
      count: 1,
      refused: [{ index: 1, code: 'bad_request' }, { index: 2 }, { index: 3, code: 'degenerate_hash' }],
    });
    expect(JSON.stringify(submitted)).not.toContain(pdq);
    expect((await on.client.matchHashes({ pdq })).matches).toMatchObject([{ list: 'theirs' }]);
    expect(expectOk(submittedHashesSchema, await call('POST', 'SubmitHashes', 'theirs', { hashRecords })).count).toBe(1);
  });

  it('needs the right to enrol', async () => {
    const hashRecords = [{ signalType: 'ImagePDQ', hashValue: randomHash(random) }];
    expect((await call('POST', 'SubmitHashes', 'known', { hashRecords })).status).toBe(403);
  });
});

describe('POST /v1/stopncii/SubmitFeedback', () => {
  it('disputes an entry that enough organisations call a false positive', async () => {
    await newList('doubted', 1);
    await grant('doubted', ['read']);
    const pdq = randomHash(random);
    const id = await enrol('doubted', { pdq });
    const status = async () => (await on.client.as('analyst').call('GET', `/v1/entries/${id}`)).body;
    const tell = async (feedbackValue: string) => {
      const hashFeedbacks = [{ hashValue: pdq.toUpperCase(), feedbackValue, tags: ['Nude'] }];
      return expectOk(submittedFeedbackSchema, await call('POST', 'SubmitFeedback', 'doubted', { count: 1, hashFeedbacks }))
        .count;
    };
    expect(await tell('PendingReview')).toBe(0);
    expect(await tell('Blocked')).toBe(1);
    expect(await status()).toMatchObject({ status: 'verified' });
    expect(await tell('NotBlocked')).toBe(1);
    expect(await status()).toMatchObject({ status: 'disputed' });
  });

  it('refuses a hash that is none, and a list that is invisible', async () => {
    const hashFeedbacks = [{ hashValue: 'abc', feedbackValue: 'Blocked' }];
    expect((await call('POST', 'SubmitFeedback', 'known', { hashFeedbacks })).status).toBe(400);
    const good = [{ hashValue: randomHash(random), feedbackValue: 'Blocked' }];
    expect((await call('POST', 'SubmitFeedback', 'nowhere', { hashFeedbacks: good })).status).toBe(404);
  });
});
