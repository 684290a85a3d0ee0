import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { newList } from '../../src/domain/list.js';
import { onPostgres } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const random = randomFrom(127);
const enrol = (list: string) => stores.entries.create(newEntryOf([pdqHash(randomHash(random))], { list }), setup);
const create = (id: string) =>
  stores.lists.create(newList({ id, title: id, class: 'tvec', action: 'remove', enabled: false }), setup);

describe('an enrolment into a list that is being deleted', () => {
  it('is refused after the deletion', async () => {
    await create('gone');
    await stores.lists.delete('gone', setup, () => {});
    expect(await enrol('gone')).toBeUndefined();
  });

  // The embedded database has one session.
  it.skipIf(!onPostgres)('waits for the deletion, and is then refused', async () => {
    await create('going');
    const enrolled = await database.transaction(async (tx) => {
      await tx.query("update hash_list set deleted_at = now() where id = 'going'");
      const late = enrol('going');
      const waits = 'select count(*)::int as count from pg_locks where not granted';
      await expect.poll(async () => (await tx.query<{ count: number }>(waits))[0]?.count).toBeGreaterThan(0);
      return { late };
    });
    expect(await enrolled.late).toBeUndefined();
  });
});
