import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/package-root.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, author, reviewer, police, enrol } = await openReview(own);
const migration = readFileSync(join(packageRoot(), 'migrations', '0018_claims.sql'), 'utf8');

describe('an entry from before the migration 0018', () => {
  it('has one claim, of who enrolled it, and a withdrawn one can still be restored', async () => {
    const [kept, expiresAt] = [pictureHashes(), '2099-01-01T00:00:00.000Z'];
    const provenance = { reference: 'case-17' };
    const ids = { kept: await enrol(newDraft(kept, { expiresAt, provenance })), mistaken: await enrol(), hers: await enrol() };
    await standing.withdraw(author, ids.mistaken, 'a mistake');
    await standing.withdraw(author, ids.hers, 'she asked for it', { byVictim: true });
    await database.query('drop table claim');
    await database.pool.query(migration);

    const entry = await stores.entries.get(uuidOf(ids.kept));
    const first = { organisation: 'tests', provenance, expiresAt, madeAt: entry?.createdAt };
    expect(entry?.claims).toEqual([{ id: ids.kept.replace('ent_', 'clm_'), ...first }]);
    expect((await stores.entries.create(newDraft(kept), police))?.entry).toMatchObject({
      ...{ id: ids.kept, expiresAt: null, claims: [first, { organisation: 'others' }] },
    });
    expect((await standing.withdraw(author, ids.kept, 'case closed')).entry.status).toBe('draft');

    await expect(standing.restore(police, ids.mistaken, 'undo')).rejects.toMatchObject({ code: 'forbidden' });
    for (const [id, actor] of [
      [ids.mistaken, author],
      [ids.hers, reviewer],
    ] as const) {
      expect(await standing.restore(actor, id, 'it was right')).toMatchObject({
        status: 'draft',
        claims: [{ organisation: 'tests' }],
      });
    }
  });
});
