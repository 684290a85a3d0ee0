import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import type { NewHash } from '../../src/store/entries.js';
import { exact } from '../support/exact.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { linesOf, newDraft, openReview, pictureHashes, refusedOf } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, logged, author, reviewer, police, enrol, statusOf, foundOf } = await openReview(own);

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

  it("by a victim also leaves nothing of a replaced flagger's entry", async () => {
    const hashes = pictureHashes();
    await enrol(newDraft(hashes, { flagged: true }));
    const id = await enrol(newDraft(hashes));
    await standing.withdraw(author, id, 'she asked for it', { byVictim: true });
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
    await standing.withdraw(author, await enrol(newDraft(hers)), 'she asked for it', { byVictim: true });
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
      waits: true,
      entry: { status: 'draft', withdrawal: { reason: 'a mistake' } },
    });
    await standing.act('confirm', police, id, null);
    const doubted = await standing.act('dispute', police, id, 'an adult');
    expect(doubted.withdrawal).toMatchObject({ reason: 'a mistake' });
    await expect(standing.withdraw(author, id, 'again')).rejects.toMatchObject({ code: 'own_work' });
    expect(await standing.withdraw(reviewer, id, 'a mistake indeed')).toMatchObject({
      waits: false,
      entry: { status: 'withdrawn', withdrawal: null },
    });
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

describe('an erasure', () => {
  const hours = (erasure: { requestedAt: string; finalAt: string } | null) =>
    erasure && Math.round((Date.parse(erasure.finalAt) - Date.parse(erasure.requestedAt)) / 3_600_000);
  const later = (id: string, age: string) =>
    database.query(
      'update tombstone set at = at - $2::interval, erasure_at = erasure_at - $2::interval, sealed_until = sealed_until - $2::interval where entry = $1',
      [uuidOf(id), age],
    );
  const sealsOf = async (id: string) =>
    (await database.query('select from tombstone where entry = $1 and sealed is not null', [uuidOf(id)])).length;
  const limit = (withdrawalsAnHour: number) =>
    stores.lists.update('pair', setup, (list) => ({ ...list, limits: { ...list.limits, withdrawalsAnHour } }));
  const past = async () => {
    await limit(1);
    const id = await enrol();
    return { id, ...(await standing.withdraw(author, id, 'she asked for it', { byVictim: true })) };
  };

  it('leaves only the sealed hashes, for 72 hours', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    const { entry } = await standing.withdraw(author, id, 'she asked for it', { byVictim: true });
    const { erasure, status } = entry;
    expect([status, erasure?.waiting, hours(erasure)]).toEqual(['withdrawn', false, 72]);
    expect([await placesOf(hashes), await foundOf(id), await sealsOf(id)]).toEqual([[], [], 1]);
    await later(id, '72 hours');
    await expect(standing.restore(reviewer, id, 'undo')).rejects.toMatchObject({ code: 'conflict' });
    await stores.jobs.purgeSeals(1_000);
    expect(await sealsOf(id)).toBe(0);
  });

  it('by mistake is undone by another person within 72 hours, and the entry is found again', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    await standing.withdraw(author, id, 'she asked for it', { byVictim: true });
    await later(id, '71 hours');
    await expect(standing.restore(author, id, 'undo')).rejects.toMatchObject({ code: 'own_work' });
    expect(await standing.restore(reviewer, id, 'nobody asked')).toMatchObject({ status: 'draft', erasure: null });
    expect(await foundOf(id)).toEqual(linesOf(hashes));
    expect((await stores.entryReview.history(uuidOf(id))).at(-1)).toMatchObject({ event: 'restore', reason: 'nobody asked' });
  });

  it('shortens the seal of an earlier withdrawal, and its list refuses the content', async () => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes));
    await standing.withdraw(author, id, 'a mistake');
    const { entry } = await standing.withdraw(author, id, 'she asked for it', { byVictim: true });
    expect(hours(entry.erasure)).toBe(72);
    await expect(enrol(newDraft(hashes))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('past the hourly limit stops the entry at once, and waits for a second person', async () => {
    const { id, entry } = await past();
    expect(entry).toMatchObject({ status: 'withdrawn', erasure: { waiting: true } });
    expect([hours(entry.erasure), await foundOf(id)]).toEqual([30 * 24, []]);
    await expect(standing.withdraw(author, id, 'again', { byVictim: true })).rejects.toMatchObject({ code: 'own_work' });
    const { erasure } = (await standing.withdraw(reviewer, id, 'her letter is here', { byVictim: true })).entry;
    expect([erasure?.waiting, hours(erasure)]).toEqual([false, 72]);
    expect((await stores.entryReview.history(uuidOf(id))).map(({ event }) => event)).toEqual(['withdraw', 'confirm_erasure']);
  });

  it('that is confirmed after 72 hours is final at once', async () => {
    const { id } = await past();
    await later(id, '73 hours');
    await standing.withdraw(reviewer, id, 'her letter is here', { byVictim: true });
    expect(await sealsOf(id)).toBe(0);
    await expect(standing.restore(police, id, 'undo')).rejects.toMatchObject({ code: 'forbidden' });
    await expect(standing.restore(reviewer, id, 'undo')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('that nobody confirms can be undone for thirty days, and is final then', async () => {
    const [{ id: undone }, { id: left }] = [await past(), await past()];
    await later(undone, '29 days');
    expect(await standing.restore(reviewer, undone, 'nobody asked')).toMatchObject({ status: 'draft' });
    await later(left, '30 days');
    await stores.jobs.purgeSeals(1_000);
    expect(await sealsOf(left)).toBe(0);
    expect((await stores.entries.get(uuidOf(left)))?.erasure?.waiting).toBe(false);
  });

  it('that waits is listed and reported to the operator', async () => {
    const { id } = await past();
    const page = await stores.entries.page({ lists: ['pair'], erasureWaits: true, limit: 100 });
    expect(page.map((entry) => entry.id)).toContain(id);
    expect(page.every(({ erasure }) => erasure?.waiting)).toBe(true);
    logged.length = 0;
    await standing.remindOfErasures();
    expect(logged).toEqual([[expect.objectContaining({ erasures: page.length }), 'erasures wait for a second person']]);
    await limit(100);
  });

  it('of a whole collection by one person can be undone entry by entry', async () => {
    await limit(2);
    logged.length = 0;
    const ids = await Promise.all(Array.from({ length: 8 }, () => enrol()));
    const erased = await Promise.all(ids.map((id) => standing.withdraw(author, id, 'all of it', { byVictim: true })));
    expect(erased.map(({ entry }) => entry.status)).toEqual(ids.map(() => 'withdrawn'));
    expect(await refusedOf(ids.map((id) => standing.restore(reviewer, id, 'nobody asked')))).toEqual([]);
    expect((await Promise.all(ids.map((id) => foundOf(id)))).map(({ length }) => length)).toEqual(ids.map(() => 3));
    await limit(100);
  });

  it('is one act in the audit log that says how it is final', async () => {
    const { id } = await past();
    const acts = await database.query(
      "select detail->>'erasure' as erasure from act where act = 'entry.withdraw' and subject = $1",
      [id],
    );
    expect(acts).toEqual([{ erasure: 'asked' }]);
    await limit(100);
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
