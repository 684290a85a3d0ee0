import { describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { EntryReader } from '../../../src/service/entries/entry-reader.js';
import { EntryReview } from '../../../src/service/entries/entry-review.js';
import { Tombstones } from '../../../src/service/entries/tombstones.js';
import { ListCache } from '../../../src/service/lists/list-cache.js';
import { Lists } from '../../../src/service/lists/lists.js';
import { quietCanaryWatch } from '../../support/canary-watch.js';
import { testDataKey } from '../../support/data-key.js';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash } from '../../support/own-database.js';
import { seededLists } from '../../support/seed.js';

const { stores } = await openOwnDatabase();
const random = randomFrom(59);
let refreshed = 0;
const follower = {
  failure: undefined as Error | undefined,
  async applyEntries(uuids: readonly string[]) {
    if (follower.failure) throw new Error(`${uuids}`);
  },
  async refresh() {
    refreshed++;
    if (follower.failure) throw follower.failure;
  },
};
const listCache = new ListCache();
listCache.replaceAll(await stores.lists.all(), new Map());
const entries = new EntryReader({ ...stores, listCache, canaryWatch: quietCanaryWatch() });
const review = new EntryReview({
  ...{ store: stores.entryReview, listCache, tombstones: new Tombstones(testDataKey), follower },
  log: { warn: () => {} },
});
const here = 'tests';
const unknown = `ent_${'0'.repeat(32)}`;

async function enrol(hex = randomHash(random), changes = {}): Promise<string> {
  return (await stores.entries.create(newEntryOf([pdqHash(hex)], changes), setup))?.entry.id ?? '';
}

describe('EntryReader and EntryReview', () => {
  it.each([unknown, 'ent_nonsense', '', '../../etc/passwd'])('finds no entry %j', async (id) => {
    await expect(entries.get(here, id)).rejects.toMatchObject({ code: 'not_found', detail: `there is no entry "${id}"` });
  });

  it('pages through all entries', async () => {
    const ids = [];
    for (let number = 0; number < 5; number++) ids.push(await enrol(undefined, { list: 'illegal' }));
    const first = await entries.page(here, { list: 'illegal', limit: 3 });
    const last = await entries.page(here, { list: 'illegal', limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...last.items].map(({ id }) => id)).toEqual(ids);
    expect([first.nextCursor, last.nextCursor]).toEqual([ids[2], null]);
  });

  it('returns no cursor if the page ends with the last entry', async () => {
    expect((await entries.page(here, { list: 'illegal', limit: 5 })).nextCursor).toBeNull();
  });

  it('refuses an invented cursor', async () => {
    await expect(entries.page(here, { limit: 3, cursor: '7' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('makes a withdrawal known to this node before it resolves', async () => {
    const id = await enrol();
    const before = refreshed;
    await review.withdraw(setup, id, 'a mistake');
    expect(refreshed).toBeGreaterThan(before);
  });

  it('withdraws even if this node cannot read the entry back', async () => {
    const id = await enrol();
    follower.failure = new Error('away');
    const withdrawn = await review.withdraw(setup, id, 'a mistake');
    follower.failure = undefined;
    expect(withdrawn.entry.status).toBe('withdrawn');
  });

  it('shows neighbours nearest first, with their distance', async () => {
    const hex = randomHash(random);
    const id = await enrol(hex);
    const [far, near] = [await enrol(flipBits(hex, 20, random)), await enrol(flipBits(hex, 5, random))];
    const { items } = await entries.neighbours(here, id, 63, 10);
    expect(items.map(({ entry, distance }) => [entry.id, distance])).toEqual([
      [near, 5],
      [far, 20],
    ]);
  });

  it('has no neighbours for an entry without a PDQ hash', async () => {
    const digest = newEntryOf([pdqHash(randomHash(random), { algorithm: 'sha256' })]);
    const id = (await stores.entries.create(digest, setup))?.entry.id ?? '';
    await expect(entries.neighbours(here, id, 63, 10)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('has no neighbours for an entry that does not exist', async () => {
    await expect(entries.neighbours(here, unknown, 63, 10)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('Lists', () => {
  const lists = new Lists(stores.lists, new ListCache(), follower, stores.keys);
  const [known] = seededLists;
  if (!known) throw new Error('no list is seeded');

  it('refuses an id that is taken and says how to change the list', async () => {
    await expect(lists.create(setup, known)).rejects.toMatchObject({
      code: 'conflict',
      detail: expect.stringContaining('PATCH'),
    });
  });

  it('refuses to change a list that does not exist', async () => {
    await expect(lists.update(setup, 'nowhere', (list) => list)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('succeeds even if this node cannot read the list back', async () => {
    follower.failure = new Error('away');
    const { list: created } = await lists.create(setup, { ...known, id: 'stored' });
    follower.failure = undefined;
    expect(await stores.lists.all()).toContainEqual(created);
  });
});
