import { describe, expect, it } from 'vitest';
import { Entries } from '../../src/service/entries.js';
import { ListBook } from '../../src/service/list-book.js';
import { Lists } from '../../src/service/lists.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';
import { seededLists } from '../support/seed.js';

const { stores } = await openOwnDatabase();
const random = randomFrom(59);
const applied: string[] = [];
const live = {
  failure: undefined as Error | undefined,
  async applyEntries(uuids: readonly string[]) {
    applied.push(...uuids);
    if (live.failure) throw live.failure;
  },
  async refresh() {
    if (live.failure) throw live.failure;
  },
};
const entries = new Entries(stores.entries, stores.hashes, live);
const unknown = `ent_${'0'.repeat(32)}`;

async function enrol(hex = randomHash(random), changes = {}): Promise<string> {
  return (await stores.entries.create(newEntryOf([pdqHash(hex)], changes)))?.entry.id ?? '';
}

describe('Entries', () => {
  it.each([unknown, 'ent_nonsense', '', '../../etc/passwd'])('knows no entry %j', async (id) => {
    await expect(entries.get(id)).rejects.toMatchObject({ code: 'not_found', detail: `there is no entry "${id}"` });
  });

  it('pages to the end, where no cursor is left', async () => {
    const ids = [];
    for (let number = 0; number < 5; number++) ids.push(await enrol(undefined, { list: 'illegal' }));
    const first = await entries.page({ list: 'illegal', limit: 3 });
    const last = await entries.page({ list: 'illegal', limit: 3, cursor: first.nextCursor ?? '' });
    expect([...first.items, ...last.items].map(({ id }) => id)).toEqual(ids);
    expect([first.nextCursor, last.nextCursor]).toEqual([ids[2], null]);
  });

  it('leaves no cursor where a page ends with the last entry', async () => {
    expect((await entries.page({ list: 'illegal', limit: 5 })).nextCursor).toBeNull();
  });

  it('refuses a cursor of its caller', async () => {
    await expect(entries.page({ limit: 3, cursor: '7' })).rejects.toMatchObject({ code: 'bad_request' });
  });

  it('tells this node of a withdrawal before it resolves', async () => {
    const id = await enrol();
    await entries.withdraw(id, 'a mistake');
    expect(applied.at(-1)).toBe(uuidOf(id));
  });

  it('withdraws even when this node cannot read it back', async () => {
    const id = await enrol();
    live.failure = new Error('away');
    const withdrawn = await entries.withdraw(id, 'a mistake');
    live.failure = undefined;
    expect(withdrawn.status).toBe('withdrawn');
  });

  it('shows neighbours nearest first, with their distance', async () => {
    const hex = randomHash(random);
    const id = await enrol(hex);
    const [far, near] = [await enrol(flipBits(hex, 20, random)), await enrol(flipBits(hex, 5, random))];
    const { items } = await entries.neighbours(id, 63, 10);
    expect(items.map(({ entry, distance }) => [entry.id, distance])).toEqual([
      [near, 5],
      [far, 20],
    ]);
  });

  it('has no neighbours for an entry without a PDQ hash', async () => {
    const digest = newEntryOf([pdqHash(randomHash(random), { algorithm: 'sha256' })]);
    const id = (await stores.entries.create(digest))?.entry.id ?? '';
    await expect(entries.neighbours(id, 63, 10)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('has no neighbours for an entry that does not exist', async () => {
    await expect(entries.neighbours(unknown, 63, 10)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('Lists', () => {
  const lists = new Lists(stores.lists, new ListBook(), live);
  const [known] = seededLists;
  if (!known) throw new Error('no list is seeded');

  it('refuses an id that is taken, and says how to change the list', async () => {
    await expect(lists.create(known)).rejects.toMatchObject({ code: 'conflict', detail: expect.stringContaining('PATCH') });
  });

  it('refuses to change what does not exist', async () => {
    await expect(lists.update('nowhere', (list) => list)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('holds what is stored even when this node cannot read it back', async () => {
    live.failure = new Error('away');
    const created = await lists.create({ ...known, id: 'stored' });
    live.failure = undefined;
    expect(await stores.lists.all()).toContainEqual(created);
  });
});
