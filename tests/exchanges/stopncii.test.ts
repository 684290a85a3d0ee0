import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stopnciiExchange } from '../../src/exchanges/stopncii.js';
import { digest, pdqOf } from '../formats/reading.js';
import { StopnciiServer } from '../support/exchange-servers/stopncii.js';
import { Follower, quickHttp } from './following.js';

let server: StopnciiServer;
let follower: Follower;
const credentials = { functionKey: 'function', subscriptionKey: 'subscription' };

beforeAll(async () => {
  server = await StopnciiServer.start();
});
afterAll(() => server.http.stop());
beforeEach(() => {
  server.reset();
  follower = new Follower(stopnciiExchange(quickHttp().http), { baseUrl: server.url, credentials, options: {} });
  follower.now = server.now * 1_000;
});

function put(number: number, hashStatus = 'Active', more: object = {}): void {
  server.put({ lastModtimestamp: server.now, signalType: 'ImagePDQ', hashValue: pdqOf(number), hashStatus, ...more });
}

/** A visit later, which sees what changed since. */
async function visitAfter(seconds: number): Promise<void> {
  server.now += seconds;
  follower.now = server.now * 1_000;
  await follower.visit();
}

const held = (...numbers: number[]) => numbers.map((number) => `pdq:${pdqOf(number)}`).sort();

describe('StopNCII', () => {
  it('gives hashes of images and of videos, in rounds of many pages', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    server.put({ lastModtimestamp: server.now, signalType: 'VideoMD5', hashValue: digest(1, 'md5'), hashStatus: 'Received' });
    await follower.visit();
    expect(follower.identities).toEqual([`md5:${digest(1, 'md5')}`, ...held(1, 2, 3, 4, 5)]);
    expect(follower.items[0]).toMatchObject({ class: 'ncii_adult' });
    expect(server.http.asked.map(({ query }) => query.get('startTimestamp'))).toEqual(['10', '10', '10']);
  });

  it('is asked for what changed since, with exactly the number that it gave', async () => {
    put(1);
    await follower.visit();
    expect(follower.checkpoint).toMatchObject({ since: 2_000_000_000 });
    await visitAfter(100);
    expect(server.http.asked.at(-1)?.query.get('startTimestamp')).toBe('2000000000');
  });

  it.each([['Withdrawn'], ['Deleted']])('takes a hash back with status %s', async (status) => {
    put(1);
    put(2);
    await follower.visit();
    put(1, status);
    await visitAfter(10);
    expect(follower.identities).toEqual(held(2));
  });

  it('keeps a hash until the last of its cases is withdrawn', async () => {
    put(1, 'Active', { caseNumbers: { a: 'Active', b: 'Active' } });
    await follower.visit();
    put(1, 'Withdrawn', { caseNumbers: { a: 'Withdrawn', b: 'Active' } });
    await visitAfter(10);
    expect(follower.identities).toEqual(held(1));
    expect(follower.items.at(-1)).toMatchObject({ kind: 'listed', class: 'ncii_adult' });
    put(1, 'Active', { caseNumbers: { a: 'Withdrawn', b: 'Deleted' } });
    await visitAfter(10);
    expect(follower.identities).toEqual([]);
  });

  it('keeps a signal type that nobody knows yet, and does not match it', async () => {
    server.put({ lastModtimestamp: server.now, signalType: 'ImagePhotoDNA3', hashValue: 'abc', hashStatus: 'Active' });
    put(1);
    await follower.visit();
    expect(follower.items).toMatchObject([{ hashes: [], unsupported: ['imagephotodna3'] }, { hashes: [{ algorithm: 'pdq' }] }]);
  });

  it('takes a record whose feedback has the value "Undefined"', async () => {
    put(1, 'Active', { CSPFeedbacks: [{ source: 'Example', feedbackValue: 'Undefined', tags: null }] });
    await follower.visit();
    expect(follower.identities).toEqual(held(1));
  });

  it('sends a PDQ hash of the wrong length: the record is invalid, the others count', async () => {
    server.put({ lastModtimestamp: server.now, signalType: 'ImagePDQ', hashValue: pdqOf(9).slice(2), hashStatus: 'Active' });
    put(1);
    await follower.visit();
    expect(follower.items[0]).toMatchObject({
      kind: 'invalid',
      reason: 'pdq: expected 64 hexadecimal digits, got 62 characters',
    });
    expect(follower.identities).toEqual(held(1));
  });
});

describe('a checkpoint of StopNCII', () => {
  it('stays if a page stays truncated, although its status is 200', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    server.http.fault = (number) => (number >= 2 ? 'cut' : undefined);
    const error = await follower.failedVisit();
    expect(error.fault).toBe('malformed');
    expect(error.message).not.toContain(pdqOf(3).slice(0, 8));
    // Once the first page, and three attempts at the second.
    expect(server.http.asked).toHaveLength(4);
    expect(follower.checkpoint).toBeNull();
    server.http.fault = () => undefined;
    await follower.visit();
    expect(follower.identities).toEqual(held(1, 2, 3, 4, 5));
  });

  it('moves if a page was truncated only once', async () => {
    put(1);
    server.http.fault = (number) => (number === 1 ? 'cut' : undefined);
    await follower.visit();
    expect(follower.identities).toEqual(held(1));
  });

  it('stays if a page comes again and again', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    const body = JSON.stringify({ hasMoreRecords: true, nextPageToken: '2/2000000000', nextSetTimestamp: 1, hashRecords: [] });
    server.http.fault = (number) => (number > 1 ? { body } : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'incomplete' });
    expect(follower.checkpoint).toBeNull();
  });

  it.each([
    ['that says nothing of further pages', { hashRecords: [], nextSetTimestamp: 1 }],
    ['without the token of the next page', { hashRecords: [], hasMoreRecords: true, nextPageToken: '' }],
    ['without records', { hasMoreRecords: false }],
  ])('stays at an answer %s', async (_what, answer) => {
    server.http.fault = () => ({ body: JSON.stringify(answer) });
    expect(await follower.failedVisit()).toMatchObject({ fault: 'malformed' });
    expect(follower.checkpoint).toBeNull();
  });

  it('older than 30 days is not used: what StopNCII no longer has is withdrawn', async () => {
    put(1);
    put(2);
    await follower.visit();
    server.records.delete(`ImagePDQ ${pdqOf(1)}`);
    await visitAfter(29 * 86_400);
    expect(follower.identities).toEqual(held(1, 2));
    await visitAfter(31 * 86_400);
    expect(follower.identities).toEqual(held(2));
  });

  it('that the service has forgotten is not used either', async () => {
    put(1);
    put(2);
    await follower.visit();
    server.records.delete(`ImagePDQ ${pdqOf(1)}`);
    server.forgotten = server.now + 1;
    await visitAfter(100);
    expect(follower.identities).toEqual(held(2));
  });

  it('keeps its time if an empty answer has none', async () => {
    put(1);
    await follower.visit();
    server.http.fault = () => ({ body: '{"count":0,"nextSetTimestamp":0,"hasMoreRecords":false,"hashRecords":[]}' });
    await visitAfter(10);
    expect(follower.checkpoint).toMatchObject({ since: 2_000_000_000 });
  });
});

describe('StopNCII refuses', () => {
  it.each([
    [{ ...credentials, subscriptionKey: 'wrong' }, 'answered 401: check the credentials'],
    [{ ...credentials, functionKey: 'wrong' }, 'answered 403: these credentials may not read here'],
    [{ functionKey: 'function' }, 'the credential "subscriptionKey" is missing'],
  ])('wrong credentials %#', async (wrong, message) => {
    const access = { baseUrl: server.url, credentials: wrong, options: {} };
    const error = await new Follower(stopnciiExchange(quickHttp().http), access).failedVisit();
    expect(error.fault).toBe('refused');
    expect(error.message).toContain(message);
  });
});

describe('feedback to StopNCII', () => {
  it.each([
    ['confirmed', 'Blocked'],
    ['false_positive', 'NotBlocked'],
    ['pending', 'PendingReview'],
  ] as const)('says %s as %s', async (decision, feedbackValue) => {
    const hash = { algorithm: 'pdq', hex: pdqOf(1), quality: null } as const;
    const access = { baseUrl: server.url, credentials: { ...credentials, feedbackFunctionKey: 'other' }, options: {} };
    const exchange = stopnciiExchange(quickHttp().http);
    await exchange.sendFeedback?.(access, { sourceId: 'any', hash, decision }, new AbortController().signal);
    expect(server.feedback).toEqual([
      { key: 'other', count: 1, hashFeedbacks: [{ tags: [], feedbackValue, hashValue: pdqOf(1) }] },
    ]);
  });
});
