import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ncmecExchange } from '../../src/exchanges/ncmec.js';
import { digest, pdqOf } from '../formats/reading.js';
import { NcmecServer } from '../support/exchange-servers/ncmec.js';
import { Follower, quickHttp } from './following.js';

let server: NcmecServer;
let follower: Follower;
const noon = Date.parse('2026-11-29T12:00:00Z') / 1_000;

beforeAll(async () => {
  server = await NcmecServer.start();
});
afterAll(() => server.http.stop());
beforeEach(() => {
  server.reset();
  follower = following();
});

function following(options: Record<string, string> = {}, password = 'secret', many = 50_000): Follower {
  const { http } = quickHttp({ timeoutMs: 2_000 });
  const made = new Follower(ncmecExchange(http, many), {
    baseUrl: server.url,
    credentials: { username: 'vigie', password },
    options,
  });
  made.now = (noon + 60) * 1_000;
  return made;
}

/** Entries of member 42, one per second before noon. */
function add(count: number, at: (number: number) => number = (number) => noon - number): void {
  for (let number = 1; number <= count; number++) {
    server.entries.push({ member: '42', id: `image${number}`, at: at(number), fingerprints: { md5: digest(number, 'md5') } });
  }
}

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `42-image${index + 1}`).sort();
}

const ranges = () => server.http.asked.map(({ query }) => [query.get('from'), query.get('to')]);

describe('NCMEC', () => {
  it('gives images and videos, and names the kinds of fingerprints that it cannot match', async () => {
    server.entries = [
      {
        member: '42',
        id: 'a',
        at: noon,
        classification: 'A1',
        fingerprints: { md5: digest(1, 'md5'), pdq: pdqOf(1), netclean: 'x' },
      },
      { member: '42', id: 'b', at: noon, video: true, fingerprints: { md5: digest(2, 'md5') }, links: ['TMK_PDQF'] },
    ];
    await follower.visit();
    expect(follower.kept.get('42-a')).toMatchObject({ class: 'csam_a1', unsupported: ['netclean'], hashes: [{}, {}] });
    expect(follower.kept.get('42-b')).toMatchObject({ unsupported: ['tmk_pdqf'], hashes: [{ algorithm: 'md5' }] });
  });

  it('keeps equal ids of two members apart', async () => {
    for (const member of ['42', '43']) server.put({ member, id: 'image1', at: noon, fingerprints: { md5: digest(1, 'md5') } });
    server.put({ member: '43', id: 'image1', at: noon, deleted: true });
    await follower.visit();
    expect(follower.identities).toEqual(['42-image1']);
  });

  it('takes only the members that the option names', async () => {
    follower = following({ members: '43, 44' });
    for (const member of ['42', '43', '44', '430'])
      server.put({ member, id: 'a', at: noon, fingerprints: { md5: digest(1, 'md5') } });
    await follower.visit();
    expect(follower.identities).toEqual(['43-a', '44-a']);
  });

  it('begins again when the option names other members', async () => {
    follower = following({ members: '43' });
    for (const member of ['42', '43']) server.put({ member, id: 'a', at: noon, fingerprints: { md5: digest(1, 'md5') } });
    await follower.visit();
    const wider = following({ members: '43,42' });
    wider.checkpoint = follower.checkpoint;
    await wider.visit();
    expect(wider.identities).toEqual(['42-a', '43-a']);
  });

  it('has nothing new in an empty range', async () => {
    await follower.visit();
    expect(follower.items).toEqual([]);
    expect(follower.ranges).toBe(1);
  });

  it('withdraws what was deleted, and does not mind the deletion of an unknown id', async () => {
    add(2);
    await follower.visit();
    server.put({ member: '42', id: 'image1', at: noon + 61, deleted: true });
    server.put({ member: '42', id: 'unknown', at: noon + 61, deleted: true });
    follower.now += 60_000;
    await follower.visit();
    expect(follower.identities).toEqual(['42-image2']);
  });

  it('replaces the fingerprints of an entry by fewer', async () => {
    server.put({ member: '42', id: 'a', at: noon, fingerprints: { md5: digest(1, 'md5'), pdq: pdqOf(1) } });
    await follower.visit();
    server.put({ member: '42', id: 'a', at: noon + 61, fingerprints: { md5: digest(1, 'md5') } });
    follower.now += 60_000;
    await follower.visit();
    expect(follower.kept.get('42-a')).toMatchObject({ hashes: [{ algorithm: 'md5' }] });
  });

  it('asks in UTC, for a time that is over', async () => {
    await follower.visit();
    expect(ranges()).toEqual([['1970-01-01T00:00:00Z', '2026-11-29T12:00:55Z']]);
  });

  it.each([
    ['exclusive', 'inclusive'],
    ['inclusive', 'exclusive'],
    ['exclusive', 'exclusive'],
    ['inclusive', 'inclusive'],
  ])('loses no entry between two visits if "from" is %s and "to" %s', async (from, to) => {
    server.bounds = { from, to };
    // Visits every 7 seconds; each entry is visible from the second in which it was made.
    for (let second = 0; second < 60; second++) {
      add(1, () => noon + second);
      server.entries[second] = {
        member: '42',
        id: `image${second + 1}`,
        at: noon + second,
        fingerprints: { md5: digest(second, 'md5') },
      };
      follower.now = (noon + second) * 1_000;
      if (second % 7 === 0) await follower.visit();
    }
    follower.now = (noon + 70) * 1_000;
    await follower.visit();
    expect(follower.identities).toEqual(ids(60));
  });
});

describe('the range of an NCMEC request', () => {
  it('shrinks until its entries are few enough, and grows over empty years', async () => {
    follower = following({}, 'secret', 500);
    const year = 365 * 86_400;
    add(3_000, (number) => noon - year + number * 10_000);
    await follower.visit();
    expect(follower.identities).toEqual(ids(3_000));
    expect(follower.ranges).toBeGreaterThan(5);
    expect(server.http.asked.length).toBeLessThan(60);
  });

  it('is drained whole if thousands of entries are in one second', async () => {
    follower = following({}, 'secret', 500);
    add(3_000, () => noon);
    await follower.visit();
    expect(follower.identities).toEqual(ids(3_000));
    expect(server.http.asked.length).toBeLessThan(60);
  });
});

describe('an NCMEC range is read again at its checkpoint', () => {
  beforeEach(() => {
    server.pageSize = 10;
    add(45);
  });

  it('after status 500 in the middle', async () => {
    server.http.fault = (number) => (number >= 3 ? { status: 500, body: '' } : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'unreachable' });
    expect(follower.checkpoint).toBeNull();
    expect(follower.identities).toEqual([]);
    server.http.fault = () => undefined;
    await follower.visit();
    expect(follower.identities).toEqual(ids(45));
  });

  it('only if one failed page did not come at the second attempt', async () => {
    server.http.fault = (number) => (number === 3 ? 'cut' : undefined);
    await follower.visit();
    expect(follower.items).toHaveLength(45);
    expect(server.http.asked).toHaveLength(6);
  });

  it('if a page stays truncated', async () => {
    server.http.fault = (number) => (number >= 3 ? 'cut' : undefined);
    const error = await follower.failedVisit();
    expect(error.fault).toBe('malformed');
    expect(error.message).toContain('truncated');
    expect(follower.checkpoint).toBeNull();
  });

  it.each([['from'], ['to']])('if the next page is of another range, because "%s" moved', async (name) => {
    server.changeNext = (next) => next.replace(new RegExp(`${name}=\\d{4}`), `${name}=2025`);
    const error = await follower.failedVisit();
    expect(error).toMatchObject({ fault: 'incomplete' });
    expect(error.message).toContain(`"${name}" differs`);
    expect(follower.checkpoint).toBeNull();
  });

  it('at once, if "to" moved only once', async () => {
    let moved = 0;
    server.changeNext = (next) => (moved++ === 1 ? next.replace('to=2026', 'to=2027') : next);
    await follower.visit();
    expect(follower.identities).toEqual(ids(45));
    expect(follower.ranges).toBe(1);
  });

  it('at once, if entries moved while it was read, so that one was never seen', async () => {
    server.http.fault = (number) => {
      if (number === 3) server.put({ member: '42', id: 'image1', at: noon + 300, fingerprints: { md5: digest(1, 'md5') } });
      return undefined;
    };
    await follower.visit();
    expect(follower.identities).toEqual(ids(45));
    expect(follower.ranges).toBe(1);
    // Five pages, and again five.
    expect(server.http.asked).toHaveLength(10);
  });

  it('if a page comes twice instead of the next one', async () => {
    server.changeNext = (next) => next.replace('start=31', 'start=21');
    expect((await follower.failedVisit()).message).toContain('the pages go in a circle');
    server.changeNext = (next) => next.replace('start=31', 'start=41');
    expect((await follower.failedVisit()).message).toContain('a page is missing or came twice');
    server.changeNext = (next) => next.replace(/&start=.*/, '');
    expect((await follower.failedVisit()).message).toContain('the pages go in a circle');
    expect(follower.checkpoint).toBeNull();
  });
});

describe('an NCMEC server that misbehaves', () => {
  it.each([['https://evil.example/v2/entries'], ['//evil.example/v2/entries'], ['/v2/members']])(
    'gets no credentials at another address: %s',
    async (address) => {
      server.pageSize = 10;
      add(25);
      server.changeNext = (next) => next.replace('/v2/entries', address);
      const error = await follower.failedVisit();
      expect(error.fault).toBe('malformed');
      expect(error.message).not.toContain('evil');
      expect(server.http.asked).toHaveLength(1);
    },
  );

  it('repeats an entry without an effect', async () => {
    add(3);
    server.entries.push(...server.entries.slice(0, 2));
    await follower.visit();
    expect(follower.identities).toEqual(ids(3));
  });

  it('sends a hash of the wrong length: the record is invalid, the others count', async () => {
    add(2);
    server.put({ member: '42', id: 'short', at: noon, fingerprints: { pdq: pdqOf(1).slice(1) } });
    await follower.visit();
    expect(follower.identities).toEqual(ids(2));
    expect(follower.items.find(({ kind }) => kind === 'invalid')).toMatchObject({
      reason: 'pdq: expected 64 hexadecimal digits, got 63 characters',
    });
  });

  it('refuses wrong credentials', async () => {
    follower = following({}, 'wrong');
    const error = await follower.failedVisit();
    expect(error.fault).toBe('refused');
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+\/industry\/v2\/entries: answered 401: check the credentials$/);
  });
});
