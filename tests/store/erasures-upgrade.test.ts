import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, author, reviewer, police, enrol } = await openReview(own);
const migration = readFileSync(join(packageRoot(), 'migrations', '0012_erasures.sql'), 'utf8');

/** The columns as they were before the migration. */
async function downgrade(): Promise<void> {
  await database.query(`
    alter table tombstone drop column organisation, drop column erasure_person, drop column erasure_at, drop column erasure_waits,
      drop column erasure_confirmed_by`);
  await database.query('alter table entry drop column people_required');
}

describe('a withdrawal from before the migration 0012', () => {
  it('that the person depicted asked for is final, and another one can still be undone', async () => {
    const [hers, mistaken] = [pictureHashes(), pictureHashes()];
    const ids = { hers: await enrol(newDraft(hers)), mistaken: await enrol(newDraft(mistaken)) };
    await standing.withdraw(author, ids.hers, 'she asked for it', { byVictim: true });
    await standing.withdraw(author, ids.mistaken, 'a mistake');
    await database.query('update tombstone set sealed = null where entry = $1', [uuidOf(ids.hers)]);
    await downgrade();
    await database.pool.query(migration);

    const { erasure } = (await stores.entries.get(uuidOf(ids.hers))) ?? {};
    expect(erasure).toMatchObject({ waiting: false });
    expect(Date.parse(erasure?.finalAt ?? '')).toBeLessThanOrEqual(Date.now() + 60_000);
    await expect(standing.restore(reviewer, ids.hers, 'undo')).rejects.toMatchObject({ code: 'conflict' });
    expect(await standing.restore(author, ids.mistaken, 'it was right')).toMatchObject({ status: 'draft', erasure: null });
    // Its tombstone binds the organisation that withdrew it.
    const again = newDraft(hers, { despiteWithdrawal: 'she came to us' });
    await expect(stores.entries.create(again, author)).rejects.toMatchObject({ code: 'conflict' });
    expect((await stores.entries.create(again, police))?.entry).toMatchObject({ verification: { required: 2 } });
  });
});
