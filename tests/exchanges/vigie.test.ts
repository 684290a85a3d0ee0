import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { vigieExchange } from '../../src/exchanges/vigie.js';
import { digest } from '../formats/reading.js';
import { FeedServer } from '../support/exchange-servers/vigie.js';
import { Follower, quickHttp } from './following.js';

let server: FeedServer;
let follower: Follower;

beforeAll(async () => {
  server = await FeedServer.start();
});
afterAll(() => server.http.stop());
beforeEach(() => {
  server.reset();
  follower = following();
});

function following(options: Record<string, string> = { list: 'ncii' }, key = 'vgk_reader'): Follower {
  const { http } = quickHttp({ timeoutMs: 2_000 });
  return new Follower(vigieExchange(http), { baseUrl: server.http.url, credentials: { key }, options });
}

function put(number: number, withdrawn = false): void {
  server.put(`ent_${number}`, digest(number, 'sha256'), withdrawn);
}

const ids = (...numbers: number[]) => numbers.map((number) => `ent_${number}`).sort();
const queries = () => server.http.asked.map(({ query }) => query);

describe('the feed of another Vigie', () => {
  it('gives the whole list at first, as one range', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 2, 3, 4, 5));
    expect(follower.ranges).toBe(1);
    expect(follower.kept.get('ent_1')).toMatchObject({ class: 'ncii_adult', hashes: [{ hex: digest(1, 'sha256') }] });
  });

  it('then gives only what changed, with the hashes of the leader and without those of withdrawn entries', async () => {
    for (let number = 1; number <= 3; number++) put(number);
    await follower.visit();
    put(4);
    put(2, true);
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 3, 4));
    expect(follower.items.slice(3)).toMatchObject([
      { kind: 'listed', sourceId: 'ent_4' },
      { kind: 'withdrawn', sourceId: 'ent_2', hashes: [] },
    ]);
  });

  it('includes changes during the full reading', async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    server.http.fault = (number) => {
      if (number === 2) put(1, true);
      return undefined;
    };
    await follower.visit();
    expect(follower.identities).toEqual(ids(2, 3, 4, 5));
  });

  it('holds a request while nothing is new, if the option "wait" says so', async () => {
    follower = following({ list: 'ncii', wait: '90' });
    put(1);
    await follower.visit();
    await follower.visit();
    expect(queries().map((query) => query.get('wait'))).toEqual([null, null, '25']);
  });

  it('gives many changes range by range, and each keeps its place', async () => {
    put(1);
    await follower.visit();
    server.pageSize = 2;
    for (let number = 2; number <= 6; number++) put(number);
    server.http.fault = (number) => (number >= 5 ? { status: 500, body: '' } : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'unreachable' });
    expect(follower.identities).toEqual(ids(1, 2, 3, 4, 5));
    server.http.fault = () => undefined;
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 2, 3, 4, 5, 6));
  });
});

describe('a restart of the feed', () => {
  beforeEach(async () => {
    server.pageSize = 2;
    for (let number = 1; number <= 5; number++) put(number);
    await follower.visit();
    // As after a restore: other changes, and some entries are gone.
    server.entries.delete('ent_2');
    server.epoch = 'epoch2';
  });

  it('reads everything again, and withdraws what the list no longer has', async () => {
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 3, 4, 5));
    expect(follower.checkpoint).toMatchObject({ epoch: 'epoch2' });
  });

  it('keeps the records until the new reading is complete', async () => {
    server.http.fault = (number) => (number >= 7 ? 'reset' : undefined);
    expect(await follower.failedVisit()).toMatchObject({ fault: 'unreachable' });
    expect(follower.identities).toEqual(ids(1, 2, 3, 4, 5));
    expect(follower.checkpoint).toMatchObject({ epoch: 'epoch1' });
    server.http.fault = () => undefined;
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 3, 4, 5));
  });

  it('during the new reading fails the visit', async () => {
    const asked = server.http.asked.length;
    server.http.fault = (number) => {
      if (number === asked + 3) server.epoch = 'epoch3';
      return undefined;
    };
    const error = await follower.failedVisit();
    expect(error.message).toContain('began again during a full reading');
    expect(follower.identities).toEqual(ids(1, 2, 3, 4, 5));
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 3, 4, 5));
  });

  it('happens also if the changes since the cursor were deleted', async () => {
    server.epoch = 'epoch1';
    put(6);
    server.pruned = server.changes.length;
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 3, 4, 5, 6));
  });

  it('happens also if a sequence went back within an epoch', async () => {
    server.epoch = 'epoch1';
    let spoiled = 0;
    server.spoil = (text) => (spoiled++ === 0 ? text.replace(/"sequence":\d+,"drained"/, '"sequence":1,"drained"') : text);
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 3, 4, 5));
  });
});

describe('a page of the feed is not taken', () => {
  beforeEach(() => {
    for (let number = 1; number <= 5; number++) put(number);
  });

  const withoutLine = (index: number) => (text: string) => {
    const lines = text.trimEnd().split('\n');
    lines.splice(index, 1);
    return lines.join('\n');
  };

  it.each([
    ['without its last line', withoutLine(-1), 'truncated: the line with "end" is missing'],
    ['without one of its records', withoutLine(2), 'truncated: it has 4 records, its last line says 5'],
    ['without its first line', withoutLine(0), 'expected {"feed":1,...}'],
    ['that was cut inside a line', (text: string) => text.slice(0, -3), 'is not JSON, or was cut'],
    ['that belongs to another cursor', (text: string) => text.replace('"from":null', '"from":"x"'), '"from" is not the cursor'],
    ['of another list', (text: string) => text.replace('"list":"ncii"', '"list":"other"'), 'expected list "ncii"'],
    ['of another version', (text: string) => text.replace('"feed":1', '"feed":2'), 'expected {"feed":1,...}'],
    [
      'of changes in place of everything',
      (text: string) => text.replace('"full":true', '"full":false'),
      'expected the beginning of a full reading',
    ],
  ])('%s', async (_what, spoil, message) => {
    server.spoil = spoil;
    const error = await follower.failedVisit();
    expect(error.fault).toBe('malformed');
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(digest(1, 'sha256').slice(0, 8));
    expect(server.http.asked).toHaveLength(3);
    expect(follower.checkpoint).toBeNull();
    server.spoil = (text) => text;
    await follower.visit();
    expect(follower.identities).toEqual(ids(1, 2, 3, 4, 5));
  });
});

describe('another Vigie refuses', () => {
  it.each([
    ['a wrong key', () => following({ list: 'ncii' }, 'vgk_wrong'), 'answered 401'],
    ['a list that it does not share', () => following({ list: 'other' }), 'answered 404'],
    ['no list', () => following({}), 'the option "list"'],
  ])('%s', async (_what, make, message) => {
    const error = await make().failedVisit();
    expect(error.fault).toBe('refused');
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('vgk_wrong');
  });
});
