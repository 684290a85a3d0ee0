import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import type { NewHash } from '../../src/store/entries.js';
import { exact } from '../support/exact.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { linesOf, newDraft, openReview, pictureHashes, refusedOf } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, author, reviewer, police, enrol, statusOf, foundOf } = await openReview(own);

interface Column {
  readonly table: string;
  readonly column: string;
  readonly type: string;
}

const selectColumns = `
  select c.table_name as "table", c.column_name as "column", c.data_type as type from information_schema.columns c
  join information_schema.tables t using (table_schema, table_name)
  where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
    and c.data_type in ('text', 'character varying', 'bytea', 'bit', 'bit varying', 'json', 'jsonb', 'ARRAY')`;

function readable({ column, type }: Column): string {
  if (type === 'bytea') return `encode("${column}", 'hex')`;
  if (type.startsWith('bit')) return `encode(substring(bit_send("${column}") from 5), 'hex')`;
  return `"${column}"::text`;
}

/** The places in the database that contain one of these hashes. */
async function placesOf(hashes: readonly NewHash[]): Promise<string[]> {
  const columns = await database.query<Column & Record<string, unknown>>(selectColumns);
  const sought = hashes.map(({ hex }) => `%${hex}%`);
  const places: string[] = [];
  for (const column of columns) {
    const where = `select from "${column.table}" where ${readable(column)} ilike any($1::text[]) limit 1`;
    if ((await database.query(where, [sought])).length > 0) places.push(`${column.table}.${column.column}`);
  }
  return places;
}

describe('a withdrawal', () => {
  it('allows no confirmation, dispute, rejection or release afterwards', async () => {
    const id = await enrol();
    await standing.withdraw(author, id, 'a mistake');
    for (const deed of ['confirm', 'dispute', 'reject', 'release'] as const) {
      const conflict = { code: 'conflict', detail: expect.stringContaining(`entry ${id} is withdrawn`) };
      await expect(standing.act(deed, reviewer, id, null)).rejects.toMatchObject(conflict);
    }
    expect(await statusOf(id)).toBe('withdrawn');
  });

  it('leaves only the sealed hashes', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    expect(await placesOf(hashes)).toEqual(expect.arrayContaining(['hash.bits', 'hash.digest', 'entry.identity']));
    await standing.withdraw(author, id, 'a mistake');
    expect([await placesOf(hashes), await foundOf(id)]).toEqual([[], []]);
  });

  it('by a victim leaves no sealed hashes', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    await standing.withdraw(author, id, 'she asked for it', true);
    expect(await placesOf(hashes)).toEqual([]);
    expect(await database.query('select sealed, by_victim from tombstone where entry = $1', [uuidOf(id)])).toEqual([
      { sealed: null, by_victim: true },
    ]);
    await expect(standing.restore(author, id, 'undo')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('by a victim deletes the sealed hashes of an earlier withdrawal', async () => {
    const id = await enrol();
    await standing.withdraw(author, id, 'a mistake');
    await standing.withdraw(author, id, 'she asked for it', true);
    await expect(standing.restore(author, id, 'undo')).rejects.toMatchObject({ code: 'conflict' });
    expect(await database.query('select from tombstone where entry = $1 and sealed is not null', [uuidOf(id)])).toEqual([]);
  });

  it("by a victim also leaves nothing of a replaced flagger's entry", async () => {
    const hashes = pictureHashes();
    await enrol(newDraft(hashes, { flagged: true }));
    const id = await enrol(newDraft(hashes));
    await standing.withdraw(author, id, 'she asked for it', true);
    expect(await placesOf(hashes)).toEqual([]);
  });

  it('of a confirmed entry makes its list refuse content with any of its hashes', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    await standing.act('confirm', reviewer, id, null);
    await standing.withdraw(author, id, 'a mistake');
    const conflict = { code: 'conflict', detail: expect.stringContaining(`entry ${id} is withdrawn`) };
    await expect(enrol(newDraft(hashes))).rejects.toMatchObject(conflict);
    await expect(enrol(newDraft(hashes.slice(0, 1)))).rejects.toMatchObject(conflict);
    await expect(enrol(newDraft(hashes.slice(2)))).rejects.toMatchObject(conflict);
    expect(await stores.entries.createMany([newDraft(hashes)], author)).toBe(0);
    expect(await enrol(newDraft(hashes, { list: 'known' }))).not.toBe('');
  });

  it('of an unconfirmed entry refuses nothing, unless a victim asked for it', async () => {
    const [mistaken, hers] = [pictureHashes(), pictureHashes()];
    await standing.withdraw(author, await enrol(newDraft(mistaken)), 'a mistake');
    await standing.withdraw(author, await enrol(newDraft(hers)), 'she asked for it', true);
    expect(await enrol(newDraft(mistaken))).not.toBe('');
    await expect(enrol(newDraft(hers))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is forbidden for other organisations', async () => {
    const id = await enrol();
    await expect(standing.withdraw(police, id, 'not ours')).rejects.toMatchObject({ code: 'forbidden' });
    expect(await statusOf(id)).toBe('draft');
  });

  it('happens once for two concurrent requests', async () => {
    const id = await enrol();
    expect(await refusedOf([author, reviewer].map((actor) => standing.withdraw(actor, id, 'a mistake')))).toEqual([]);
    const history = await stores.entryReview.history(uuidOf(id));
    expect(history.map(({ event }) => event)).toEqual(['withdraw']);
  });

  it('that waits for a second person keeps waiting when others confirm or dispute the entry', async () => {
    await stores.lists.update('pair', setup, (list) => ({ ...list, limits: { ...list.limits, withdrawalsAnHour: 1 } }));
    await standing.withdraw(author, await enrol(), 'the first of this hour');
    const id = await enrol();
    expect(await standing.withdraw(author, id, 'a mistake')).toMatchObject({
      status: 'draft',
      withdrawal: { reason: 'a mistake' },
    });
    await standing.act('confirm', police, id, null);
    const doubted = await standing.act('dispute', police, id, 'an adult');
    expect(doubted.withdrawal).toMatchObject({ reason: 'a mistake' });
    await expect(standing.withdraw(author, id, 'again')).rejects.toMatchObject({ code: 'own_work' });
    expect(await standing.withdraw(reviewer, id, 'a mistake indeed')).toMatchObject({ status: 'withdrawn', withdrawal: null });
    await stores.lists.update('pair', setup, (list) => ({ ...list, limits: { ...list.limits, withdrawalsAnHour: 100 } }));
  });

  it('puts the ordinals of its hashes into the change feed', async () => {
    const id = await enrol();
    const ordinals = await database.query<{ ordinal: number }>('select ordinal from hash where entry = $1', [uuidOf(id)]);
    await standing.withdraw(author, id, 'a mistake');
    const changes = await database.query<{ ordinals: number[] }>(
      'select ordinals from change where subject = $1 and ordinals is not null',
      [uuidOf(id)],
    );
    expect(changes.flatMap((change) => change.ordinals).toSorted()).toEqual(ordinals.map(({ ordinal }) => ordinal).toSorted());
  });
});

describe('a restored entry', () => {
  it('has its hashes and its status again, and is found', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    for (const actor of [reviewer, police]) await standing.act('confirm', actor, id, null);
    await standing.withdraw(author, id, 'a mistake');
    expect(await standing.restore(author, id, 'it was right')).toMatchObject({
      status: 'verified',
      verification: { people: 2, organisations: 2 },
    });
    expect(await foundOf(id)).toEqual(linesOf(hashes));
    const [, , digest] = hashes;
    const hits = await stores.hashes.equal([exact('sha256', digest?.hex ?? '')]);
    expect(hits.map(({ entry }) => entry.id)).toEqual([id]);
  });

  it('is returned for a new enrolment of the same content', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    await standing.withdraw(author, id, 'a mistake');
    await standing.restore(author, id, 'it was right');
    expect(await stores.entries.create(newDraft(hashes), author)).toMatchObject({ created: false, entry: { id } });
  });

  it('is restored once for two concurrent requests', async () => {
    const id = await enrol();
    await standing.withdraw(author, id, 'a mistake');
    const refused = await refusedOf([author, reviewer].map((actor) => standing.restore(actor, id, 'it was right')));
    expect(refused).toEqual([expect.objectContaining({ code: 'conflict', detail: expect.stringContaining('is draft') })]);
    expect((await foundOf(id)).length).toBe(3);
  });

  it('cannot be restored after the time to undo', async () => {
    const id = await enrol();
    await standing.withdraw(author, id, 'a mistake');
    await database.query("update tombstone set sealed_until = now() - interval '1 second' where entry = $1", [uuidOf(id)]);
    const over = { code: 'conflict', detail: expect.stringContaining('thirty days') };
    await expect(standing.restore(author, id, 'too late')).rejects.toMatchObject(over);
  });
});
