import type { PoolClient } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { VigieError } from '../../../src/domain/errors.js';
import { newList } from '../../../src/domain/list.js';
import { Feed } from '../../../src/service/feed/feed.js';
import { FeedReader } from '../../../src/service/feed/feed-reader.js';
import { ListCache } from '../../../src/service/lists/list-cache.js';
import { ChangeStore } from '../../../src/store/changes.js';
import { testDataKey } from '../../support/data-key.js';
import { onPostgres } from '../../support/database.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../../support/own-database.js';
import { until } from '../../support/until.js';
import { Follower, owner } from './follower.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const random = randomFrom(4711);
const ended = new Set<string>();
const keyCache = {
  assertUsable(key: string) {
    if (ended.has(key)) throw new VigieError('unauthorized', 'revoked');
  },
};

async function feedOf(walkRows = 7): Promise<Feed> {
  const listCache = new ListCache();
  listCache.replaceAll(await stores.lists.all(), new Map());
  return new Feed(
    new FeedReader({ database, changes: new ChangeStore(database), dataKey: testDataKey, listCache, keyCache, walkRows }),
  );
}

const standingIds = async (list = 'known'): Promise<string[]> => {
  const rows = await database.query<{ id: string }>(
    "select 'ent_' || replace(id::text, '-', '') as id from entry where list = $1 and status = 'verified' order by 1",
    [list],
  );
  return rows.map(({ id }) => id);
};
const enrol = async (list = 'known', status: 'draft' | 'verified' = 'verified'): Promise<string> =>
  (await stores.entries.create(newEntryOf([pdqHash(randomHash(random))], { list, status }), setup))?.entry.id ?? '';
const becomes = (id: string, status: string) =>
  database.transaction(async (tx) => {
    const [{ status: before } = { status: '' }] = await tx.query<{ status: string }>('select status from entry where id = $1', [
      uuidOf(id),
    ]);
    await tx.query('update entry set status = $2 where id = $1', [uuidOf(id), status]);
    await tx.query('insert into entry_event (entry, event, came_from, went_to) values ($1, $2, $3, $4)', [
      uuidOf(id),
      'test',
      before,
      status,
    ]);
    await tx.query("insert into change (kind, subject) values ('entry', $1)", [uuidOf(id)]);
  });

describe('a follower', () => {
  let slow: PoolClient | undefined;
  afterEach(async () => {
    await slow?.query('rollback');
    slow?.release();
    slow = undefined;
  });

  /** A transaction of another node: begun now, committed much later. */
  async function enrolSlowly(id: string): Promise<void> {
    slow = await database.pool.connect();
    await slow.query('begin');
    await slow.query(
      `insert into entry (id, list, class, status, identity, hash_count)
       values ($1::uuid, 'known', 'ncii_adult', 'verified', sha256(convert_to($1::uuid::text, 'UTF8')), 1)`,
      [id],
    );
    await slow.query("insert into change (kind, subject) values ('entry', $1::text)", [id]);
  }

  async function commit(): Promise<void> {
    await slow?.query('commit');
    slow?.release();
    slow = undefined;
  }

  async function act(): Promise<void> {
    const ids = await standingIds();
    const one = ids[Math.floor(random() * ids.length)];
    const dice = random();
    if (dice < 0.4 || one === undefined) await enrol();
    else if (dice < 0.5) await enrol('illegal');
    else if (dice < 0.6) await enrol('known', 'draft');
    else if (dice < 0.75) await withdraw(stores, uuidOf(one));
    else {
      await becomes(one, dice < 0.85 ? 'disputed' : 'quarantined');
      if (dice > 0.92) await becomes(one, 'verified');
    }
  }

  it('holds what the list holds, whatever happened while it read', async () => {
    const feed = await feedOf();
    const followers: Follower[] = [];
    for (let number = 0; number < 40; number++) {
      await act();
      if (onPostgres && number % 20 === 5) await enrolSlowly(`018f0000-0000-7000-8000-0000000000${10 + number}`);
      if (number % 20 === 17) await commit();
      if (number % 10 === 0) followers.push(new Follower(feed));
      for (const follower of followers) if (random() < 0.5) await follower.page(1 + Math.floor(random() * 6));
    }
    const expected = await standingIds();
    expect(expected.length).toBeGreaterThan(4);
    for (const follower of followers) {
      await follower.catchUp();
      expect(follower.ids).toEqual(expected);
    }
  });

  it('never hears of a draft, and hears of an entry that became one', async () => {
    const follower = new Follower(await feedOf());
    await follower.catchUp();
    const draft = await enrol('known', 'draft');
    expect((await follower.page(100)).lines).toEqual([]);
    await becomes(draft, 'verified');
    const shown = {
      id: draft,
      list: 'known',
      class: 'ncii_adult',
      hashes: [{ algorithm: 'pdq', variant: 'full', quality: 100 }],
    };
    expect((await follower.page(100)).lines).toMatchObject([shown]);
    await becomes(draft, 'draft');
    expect((await follower.page(100)).lines).toMatchObject([{ id: draft, list: 'known', withdrawn: true, status: 'draft' }]);
  });

  it('gets the same lines again for the same cursor', async () => {
    const follower = new Follower(await feedOf());
    await follower.catchUp();
    await enrol();
    const { since } = follower;
    const { lines } = await follower.page(10);
    follower.since = since;
    expect((await follower.page(10)).lines).toEqual(lines);
  });

  it('walks past many changes of another list in bounded steps', async () => {
    const follower = new Follower(await feedOf(10));
    await follower.catchUp();
    const others = Array.from({ length: 300 }, () => newEntryOf([pdqHash(randomHash(random))], { list: 'illegal' }));
    await stores.entries.createMany(others, setup);
    const id = await enrol();
    await follower.catchUp(1);
    expect(follower.ids).toContain(id);
  });

  it('must begin again when the list requires other confirmations', async () => {
    await stores.lists.create(
      newList({
        id: 'strict',
        title: 'Strict',
        class: 'ncii_adult',
        action: 'remove',
        organisation: 'tests',
        verification: { people: 0, organisations: 0 },
      }),
      setup,
    );
    const follower = new Follower(await feedOf(), 'strict');
    await follower.catchUp();
    await enrol('strict');
    await stores.lists.update('strict', setup, (list) => ({ ...list, verification: { people: 1, organisations: 1 } }));
    await expect(follower.page(10)).rejects.toMatchObject({
      code: 'feed_restart',
      detail: expect.stringContaining('confirmations'),
    });
    follower.since = undefined;
    follower.held.clear();
    await follower.catchUp();
    expect(follower.ids).toEqual([]);
  });

  it('cannot make or change a cursor', async () => {
    const follower = new Follower(await feedOf());
    await follower.page(1);
    const { since = '' } = follower;
    for (const given of ['nothing', '', '.', `${since}x`, `x${since}`, since.slice(0, -2)]) {
      follower.since = given;
      await expect(follower.page(1)).rejects.toMatchObject({ code: 'bad_request' });
    }
    const other = new Follower(await feedOf(), 'illegal');
    other.since = since;
    await expect(other.page(1)).rejects.toMatchObject({ code: 'bad_request', detail: expect.stringContaining('"known"') });
  });
});

describe('a reader that waits', () => {
  it('is answered when its list changes, and not for another list', async () => {
    const feed = await feedOf();
    const follower = new Follower(feed);
    await follower.catchUp();
    const waiting = follower.page(10, 20_000);
    const other = await enrol('illegal');
    feed.heard([{ id: '1', kind: 'entry', subject: uuidOf(other), ordinals: null }]);
    const id = await enrol();
    feed.heard([{ id: '2', kind: 'entry', subject: uuidOf(id), ordinals: null }]);
    expect((await waiting).lines).toMatchObject([{ id }]);
  });

  it('is answered at the end of its time, when it goes away and when the node stops', async () => {
    const feed = await feedOf();
    const follower = new Follower(feed);
    await follower.catchUp();
    expect((await follower.page(10, 5)).lines).toEqual([]);
    const gone = new AbortController();
    const left = follower.page(10, 20_000, gone.signal);
    await until('it waits', 1_000, () => feed.waiting === 1);
    gone.abort();
    expect((await left).lines).toEqual([]);
    const last = follower.page(10, 20_000);
    await until('it waits', 1_000, () => feed.waiting === 1);
    feed.close();
    expect((await last).lines).toEqual([]);
    expect((await follower.page(10, 20_000)).lines).toEqual([]);
  });

  it('gets nothing once its key is revoked', async () => {
    const feed = await feedOf();
    const follower = new Follower(feed);
    await follower.catchUp();
    const waiting = follower.page(10, 20_000);
    await until('it waits', 1_000, () => feed.waiting === 1);
    const refused = expect(waiting).rejects.toMatchObject({ code: 'unauthorized' });
    ended.add(owner.key);
    await enrol();
    feed.heard([{ id: '3', kind: 'key', subject: owner.key, ordinals: null }]);
    await refused;
    ended.clear();
  });

  it('shares its key with at most seven others', async () => {
    const feed = await feedOf();
    const follower = new Follower(feed);
    await follower.catchUp();
    const readers = Array.from({ length: 8 }, () => {
      const reader = new Follower(feed);
      reader.since = follower.since;
      return reader.page(10, 20_000);
    });
    await until('they wait', 1_000, () => feed.waiting === 8);
    await expect(follower.page(10, 20_000)).rejects.toMatchObject({ code: 'too_many_requests' });
    feed.close();
    await Promise.all(readers);
  });
});

// Last, because they end the feed of all tests above.
describe('a cursor answers feed_restart', () => {
  const restarted = async (follower: Follower, why: string) =>
    expect(follower.page(10)).rejects.toMatchObject({ code: 'feed_restart', status: 410, detail: expect.stringContaining(why) });

  it('once changes after it were pruned', async () => {
    const follower = new Follower(await feedOf());
    await follower.catchUp();
    await enrol();
    // A change stays while a transaction is open anywhere on the server, also one of another test.
    await until('the pruning', 20_000, async () => {
      await new ChangeStore(database).prune(-1_000);
      const [row] = await database.query<{ gone: boolean }>('select not exists (select from change) as gone');
      return row?.gone;
    });
    await restarted(follower, 'too old');
  });

  it('of a full reading and of a later page, once the database was restored', async () => {
    const [full, drained] = [new Follower(await feedOf()), new Follower(await feedOf())];
    await full.page(1);
    await drained.catchUp();
    await database.query('update feed set epoch = gen_random_uuid()');
    await restarted(full, 'restored');
    await restarted(drained, 'restored');
  });
});
