import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { threatExchange } from '../../src/exchanges/threatexchange.js';
import { digest, pdqOf } from '../formats/reading.js';
import { ThreatExchangeServer } from '../support/exchange-servers/threatexchange.js';
import { Follower, quickHttp } from './following.js';

let server: ThreatExchangeServer;
let follower: Follower;
const noon = Date.parse('2026-11-29T12:00:00Z') / 1_000;

beforeAll(async () => {
  server = await ThreatExchangeServer.start();
});
afterAll(() => server.http.stop());
beforeEach(() => {
  server.reset();
  follower = following('12345|secret');
});

function following(accessToken: string): Follower {
  const access = { baseUrl: server.url, credentials: { accessToken }, options: { privacyGroup: '777' } };
  const made = new Follower(threatExchange(quickHttp().http), access);
  made.now = noon * 1_000;
  return made;
}

function put(number: number, more: object = {}, at = noon): void {
  const descriptors = { data: [{ id: '1', owner: { id: '9' }, status: 'MALICIOUS' }] };
  server.put({ indicator: pdqOf(number), type: 'HASH_PDQ', last_updated: at, should_delete: false, descriptors, ...more });
}

const held = (...numbers: number[]) => numbers.map((number) => `pdq:${pdqOf(number)}`).sort();
const statuses = (...all: string[]) => ({ descriptors: { data: all.map((status) => ({ status })) } });

describe('ThreatExchange', () => {
  it('gives all pages of the updates of a group', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    await follower.visit();
    expect(follower.identities).toEqual(held(1, 2, 3, 4, 5));
    expect(follower.items[0]).toMatchObject({ class: null, sourceCodes: [], provenance: { unit: '9', date: '2026-11-29' } });
  });

  it('takes back what it deletes', async () => {
    put(1);
    put(2);
    await follower.visit();
    put(1, { should_delete: true, descriptors: undefined }, noon + 10);
    follower.now += 60_000;
    await follower.visit();
    expect(follower.identities).toEqual(held(2));
  });

  it('does not list what everybody calls harmless, and takes it back', async () => {
    put(1);
    await follower.visit();
    put(1, statuses('NON_MALICIOUS', 'NON_MALICIOUS'), noon + 10);
    put(2, statuses('NON_MALICIOUS', 'MALICIOUS'), noon + 10);
    follower.now += 60_000;
    await follower.visit();
    expect(follower.identities).toEqual(held(2));
  });

  it('leaves doubts to a reviewer', async () => {
    put(1, statuses('UNKNOWN', 'NON_MALICIOUS'));
    await follower.visit();
    expect(follower.items[0]).toMatchObject({ class: null, sourceCodes: [{ code: 'UNKNOWN' }, { code: 'NON_MALICIOUS' }] });
  });

  it('takes digests of media only, and names the other kinds', async () => {
    const tagged = (tags: unknown) => ({ data: [{ status: 'MALICIOUS', tags }] });
    put(1, { type: 'HASH_MD5', indicator: digest(1, 'md5'), descriptors: tagged({ data: [{ text: 'media_type_photo' }] }) });
    put(2, { type: 'HASH_MD5', indicator: digest(2, 'md5'), descriptors: tagged(['media_type_video']) });
    put(3, { type: 'HASH_MD5', indicator: digest(3, 'md5') });
    put(4, { type: 'URI', indicator: 'https://example.org' });
    await follower.visit();
    const md5 = [1, 2].map((number) => `md5:${digest(number, 'md5')}`);
    expect(follower.identities.filter((identity) => identity !== '')).toEqual(md5.sort());
    const kinds = follower.items.map((item) => (item.kind === 'listed' ? item.unsupported : []));
    expect(kinds).toEqual([[], [], ['hash_md5'], ['uri']]);
  });

  it('sends a PDQ hash of the wrong length: the record is invalid, the others count', async () => {
    put(1, { indicator: pdqOf(1).slice(1) });
    put(2);
    await follower.visit();
    expect(follower.items[0]).toMatchObject({ kind: 'invalid' });
    expect(follower.identities).toEqual(held(2));
  });
});

describe('a checkpoint of ThreatExchange', () => {
  it('is the newest update, and the next visit begins somewhat before', async () => {
    put(1, {}, noon - 5);
    put(2, {}, noon - 500);
    await follower.visit();
    await follower.visit();
    expect(server.http.asked.map(({ query }) => query.get('start_time'))).toEqual(['0', String(noon - 65)]);
  });

  it('does not move into the future', async () => {
    put(1, {}, noon + 86_400);
    await follower.visit();
    expect(follower.checkpoint).toMatchObject({ newest: noon });
  });

  it('older than 85 days is not used: what the group no longer has is withdrawn', async () => {
    put(1);
    put(2);
    await follower.visit();
    server.updates.delete(`HASH_PDQ ${pdqOf(1)}`);
    follower.now += 86 * 86_400_000;
    await follower.visit();
    expect(follower.identities).toEqual(held(2));
  });

  it('stays if the pages go in a circle', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    server.changeNext = (next) => next.replace(/after=\d+/, 'after=2');
    expect(await follower.failedVisit()).toMatchObject({ fault: 'incomplete' });
    expect(follower.checkpoint).toBeNull();
  });

  it('stays if a page is truncated or the service breaks in the middle', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    server.http.fault = (number) => (number >= 2 ? 'cut' : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'malformed' });
    server.http.fault = (number) => (number >= 6 ? { status: 500, body: '' } : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'unreachable' });
    expect(follower.checkpoint).toBeNull();
  });
});

describe('the access token of ThreatExchange', () => {
  it.each([['https://evil.example'], ['http://127.0.0.1:1']])(
    'is not sent to %s, where the next page is said to be',
    async (host) => {
      server.pageSize = 1;
      put(1);
      put(2);
      server.changeNext = (next) => next.replace(server.http.url, host);
      const error = await follower.failedVisit();
      expect(error.fault).toBe('malformed');
      expect(error.message).not.toContain('secret');
      expect(server.http.asked).toHaveLength(1);
    },
  );

  it('is not sent to another path', async () => {
    server.pageSize = 1;
    put(1);
    put(2);
    server.changeNext = (next) => next.replace('/777/', '/778/');
    expect(await follower.failedVisit()).toMatchObject({ fault: 'malformed' });
  });

  it('is named if it is wrong, and not shown', async () => {
    const error = await following('999|topsecret').failedVisit();
    expect(error.fault).toBe('refused');
    expect(error.message).toMatch(/threat_updates\/: answered 400, error 190: check the access token$/);
  });

  it('may be used too often, which the service says with status 400', async () => {
    server.http.fault = (number) => (number < 3 ? { status: 400, body: '{"error":{"code":17}}' } : undefined);
    put(1);
    await follower.visit();
    expect(follower.identities).toEqual(held(1));
  });
});
