import { describe, expect, it } from 'vitest';
import { EntryExpiry } from '../../src/service/entries/entry-expiry.js';
import { Tombstones } from '../../src/service/entries/tombstones.js';
import { testDataKey } from '../support/data-key.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { linesOf, newDraft, openReview, pictureHashes } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, author, enrol, statusOf, foundOf } = await openReview(own);
const follower = { refresh: async () => {} };
const { embedded } = database;
const expiry = new EntryExpiry({ store: stores.entryExpiry, embedded, tombstones: new Tombstones(testDataKey), follower });
const run = () => expiry.run(new AbortController().signal);
const ago = (seconds: number) => new Date(Date.now() - seconds * 1_000).toISOString();
const expired = (hashes = pictureHashes(), seconds = 60) => enrol(newDraft(hashes, { expiresAt: ago(seconds) }));
const actsOf = (id: string) =>
  database.query("select via, subject, detail from act where act = 'entries.expire' and detail -> 'entries' ? $1", [id]);

describe('the expiry of entries', () => {
  it('withdraws what has reached its end, with history, audit act and change, and nothing else', async () => {
    const hashes = pictureHashes();
    const id = await expired(hashes);
    const later = await enrol(newDraft(pictureHashes(), { expiresAt: new Date(Date.now() + 3_600_000).toISOString() }));
    expect(await run()).toBe(1);
    expect([await statusOf(id), await statusOf(later), await foundOf(id)]).toEqual(['withdrawn', 'draft', []]);
    expect(await stores.entryReview.history(uuidOf(id))).toMatchObject([
      { event: 'expire', person: null, reason: 'expired', from: 'draft', to: 'withdrawn' },
    ]);
    expect(await actsOf(id)).toMatchObject([
      { via: 'system', subject: 'pair', detail: { reason: 'expired', count: 1, entries: [id] } },
    ]);
    const changes = await database.query('select ordinals from change where subject = $1 order by id desc limit 1', [uuidOf(id)]);
    expect(changes).toEqual([{ ordinals: [expect.any(Number), expect.any(Number), expect.any(Number)] }]);
    expect(await run()).toBe(0);
  });

  it('can be undone, and then does not come again', async () => {
    const hashes = pictureHashes();
    const id = await expired(hashes);
    await run();
    await standing.restore(author, id, 'still needed');
    expect([await statusOf(id), (await foundOf(id)).sort()]).toEqual(['draft', [...linesOf(hashes)].sort()]);
    expect(await run()).toBe(0);
  });

  it('leaves no mark, so that the content can be enrolled again', async () => {
    const hashes = pictureHashes();
    await expired(hashes);
    await run();
    expect(await enrol(newDraft(hashes))).not.toBe('');
  });

  it('takes the oldest first, and each entry once for two nodes', async () => {
    const ids = [await expired(undefined, 300), await expired(undefined, 200), await expired(undefined, 100)];
    expect(await stores.entryExpiry.expire(2, () => Buffer.alloc(0))).toBe(2);
    expect(await Promise.all(ids.map(statusOf))).toEqual(['withdrawn', 'withdrawn', 'draft']);
    expect(await actsOf(ids[0] ?? '')).toMatchObject([{ detail: { count: 2, entries: [ids[0], ids[1]] } }]);
    expect((await Promise.all([run(), run()])).reduce((sum, count) => sum + count)).toBe(1);
    expect(await actsOf(ids[2] ?? '')).toHaveLength(1);
  });
});
