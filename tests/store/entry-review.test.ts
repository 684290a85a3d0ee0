import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { isConfirmed, isVerified } from '../../src/domain/standing.js';
import { eraseDeletedLists } from '../../src/service/jobs/deleted-lists.js';
import { dropNearIndex } from '../../src/store/near-index.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes, refusedOf, twoPeople } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
// No test here needs it, and it slows an import down by 10 s.
await dropNearIndex(database);
const { standing, author, reviewer, police, enrol, statusOf, foundOf } = await openReview(own);

describe('two reviewers at once', () => {
  it('verify an entry together, once', async () => {
    const id = await enrol();
    expect(await refusedOf([reviewer, police].map((actor) => standing.act('confirm', actor, id, 'seen')))).toEqual([]);
    const entry = await stores.entries.get(uuidOf(id));
    expect(entry).toMatchObject({ status: 'verified', verification: { people: 2, organisations: 2, required: 2 } });
    const [indexed] = await stores.hashes.current([uuidOf(id)]);
    expect(indexed && isVerified(indexed.standing, twoPeople)).toBe(true);
    const history = await stores.entryReview.history(uuidOf(id));
    expect(history.map(({ from, to }) => `${from} ${to}`)).toEqual(['draft draft', 'draft verified']);
  });

  it('count once if they are one person', async () => {
    const id = await enrol();
    const refused = await refusedOf([1, 2].map(() => standing.act('confirm', reviewer, id, null)));
    expect(refused).toEqual([expect.objectContaining({ code: 'conflict', detail: expect.stringContaining('it is draft') })]);
    const verification = { people: 1, organisations: 1 };
    expect(await stores.entries.get(uuidOf(id))).toMatchObject({ status: 'draft', verification });
  });

  it('leave the entry disputed when one confirms and one rejects, in any order', async () => {
    const id = await enrol();
    const acts = [standing.act('confirm', reviewer, id, null), standing.act('reject', police, id, 'not what it says')];
    expect(await refusedOf(acts)).toEqual([]);
    expect(await statusOf(id)).toBe('disputed');
  });

  it('cause one rejection and one conflict when both reject', async () => {
    const id = await enrol();
    const refused = await refusedOf([reviewer, police].map((actor) => standing.act('reject', actor, id, null)));
    expect(refused).toEqual([expect.objectContaining({ code: 'conflict', detail: expect.stringContaining('is disputed') })]);
  });
});

describe('a change of status', () => {
  it('is recorded once in the audit log and once in the change feed', async () => {
    const id = await enrol();
    await standing.act('confirm', reviewer, id, 'seen');
    const act = {
      act: 'entry.confirm',
      person: reviewer.person,
      organisation: 'tests',
      detail: { reason: 'seen', from: 'draft' },
    };
    const acts = await database.query(
      "select act, person, organisation, detail from act where subject = $1 and act <> 'entry.create'",
      [id],
    );
    expect(acts).toEqual([expect.objectContaining({ ...act, detail: expect.objectContaining(act.detail) })]);
    expect((await database.query('select from change where subject = $1', [uuidOf(id)])).length).toBe(2);
  });

  it.each([
    ['own_work', 'pair', author],
    ['forbidden', 'shown', police],
  ] as const)('leaves no trace where it is refused: %s', async (code, list, actor) => {
    const id = await enrol(newDraft(pictureHashes(), { list }));
    await expect(standing.act('confirm', actor, id, null)).rejects.toMatchObject({ code });
    expect(await stores.entryReview.history(uuidOf(id))).toEqual([]);
    expect((await database.query('select from act where subject = $1', [id])).length).toBe(1);
    expect((await database.query('select from confirmation where entry = $1', [uuidOf(id)])).length).toBe(0);
  });

  it('by a dispute removes confirmations, by feedback keeps them', async () => {
    const [byPerson, byPlatforms] = [await enrol(), await enrol()];
    for (const id of [byPerson, byPlatforms]) {
      for (const actor of [reviewer, police]) await standing.act('confirm', actor, id, null);
    }
    await standing.act('dispute', police, byPerson, 'a film still');
    await standing.lower(uuidOf(byPlatforms), 'feedback', 'two organisations called it false');
    expect(await stores.entries.get(uuidOf(byPerson))).toMatchObject({ status: 'disputed', verification: { people: 0 } });
    expect(await stores.entries.get(uuidOf(byPlatforms))).toMatchObject({ status: 'disputed', verification: { people: 2 } });
    await expect(standing.act('release', police, byPerson, null)).rejects.toMatchObject({ code: 'conflict' });
    expect(await standing.act('release', police, byPlatforms, null)).toMatchObject({ status: 'verified' });
  });
});

describe("a flagger's entry that a reviewer rejected", () => {
  it('is not confirmed, even in a list that requires no confirmation', async () => {
    const id = await enrol(newDraft(pictureHashes(), { list: 'known', flagged: true }));
    await standing.act('reject', reviewer, id, 'a painting');
    const [indexed] = await stores.hashes.current([uuidOf(id)]);
    expect(indexed && isConfirmed(indexed.standing, { people: 0, organisations: 0 })).toBe(false);
  });

  it.each(['pair', 'known'])('is still replaced by an enrolment in list %s', async (list) => {
    const hashes = pictureHashes();
    const id = await enrol(newDraft(hashes, { list, flagged: true }));
    await standing.act('reject', reviewer, id, 'too blurred to tell');
    const enrolled = await stores.entries.create(newDraft(hashes, { list }), author);
    expect(enrolled).toMatchObject({ created: true, entry: { status: 'draft' } });
    expect(await statusOf(id)).toBe('withdrawn');
  });
});

describe('an import', () => {
  it('of 5 000 drafts is one act in the audit log', async () => {
    const acts = () => database.query("select subject, detail from act where act like 'entry.%' order by id");
    const before = (await acts()).length;
    const drafts = Array.from({ length: 5_000 }, () => newDraft());
    expect(await stores.entries.createMany(drafts, author)).toBe(5_000);
    expect((await acts()).slice(before)).toEqual([{ subject: 'pair', detail: { entries: 5_000 } }]);
  });
});

describe('a deleted list', () => {
  it('accepts no enrolment, and keeps its entries without their hashes for old verdicts', async () => {
    const id = await enrol(newDraft(pictureHashes(), { list: 'shown' }));
    await stores.lists.delete('shown', setup, () => {});
    const late = newDraft(pictureHashes(), { list: 'shown' });
    expect(await stores.entries.create(late, author)).toBeUndefined();
    expect(await stores.entries.createMany([late], author)).toBe(0);
    expect([await statusOf(id), await foundOf(id)]).toEqual(['withdrawn', []]);
    expect((await stores.lists.all()).map((list) => list.id)).not.toContain('shown');
  });

  it('stores a concurrent enrolment completely or not at all', async () => {
    const list = (await stores.lists.all()).find((one) => one.id === 'pair');
    if (!list) throw new Error('the list is gone');
    await stores.lists.create({ ...list, id: 'brief' }, setup);
    const entries = Array.from({ length: 20 }, () => newDraft(pictureHashes(), { list: 'brief' }));
    const [, ...made] = await Promise.all([
      stores.lists.delete('brief', setup, () => {}),
      ...entries.map((entry) => stores.entries.create(entry, author)),
    ]);
    const ids = made.flatMap((one) => (one ? [uuidOf(one.entry.id)] : []));
    const stored = await database.query("select from entry where list = 'brief'");
    expect(stored.length).toBe(ids.length);
    await stores.deletedLists.erase();
    expect(await database.query('select from hash where entry = any($1::uuid[])', [ids])).toEqual([]);
  });

  it('larger than one batch is erased by the job, also of its seals, and its tombstones stay', async () => {
    const list = (await stores.lists.all()).find((one) => one.id === 'pair');
    if (!list) throw new Error('the list is gone');
    await stores.lists.create({ ...list, id: 'large' }, setup);
    const marked = await enrol(newDraft(pictureHashes(), { list: 'large' }));
    await standing.withdraw(author, marked, 'she asked for it', { byVictim: true });
    await stores.entries.createMany(
      Array.from({ length: 1_200 }, () => newDraft(pictureHashes(), { list: 'large' })),
      author,
    );
    const left = (sql: string) => database.query(sql);
    await stores.lists.delete('large', setup, () => {});
    await eraseDeletedLists(stores.deletedLists, stores.jobs, new AbortController().signal);
    expect(await left("select from hash h join entry e on e.id = h.entry where e.list = 'large'")).toEqual([]);
    expect(await left("select from tombstone where list = 'large' and sealed is not null")).toEqual([]);
    expect(await left("select from tombstone_mark where list = 'large'")).toHaveLength(2);
    const acts = await database.query<{ n: number }>(
      "select sum((detail->>'entries')::int)::int as n from act where act = 'list.erase' and subject = 'large'",
    );
    expect(acts).toEqual([{ n: 1_200 }]);
    expect((await stores.jobs.runs(1))[0]).toMatchObject({ job: 'deletedLists', deleted: 700 });
    await expect(standing.restore(reviewer, marked, 'undo')).rejects.toMatchObject({ code: 'conflict' });
  });
});
