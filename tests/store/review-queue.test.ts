import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { newList } from '../../src/domain/list.js';
import { statusesOf } from '../../src/domain/review-queue.js';
import type { NewEntry } from '../../src/store/entries.js';
import { EntryLeaseStore } from '../../src/store/entry-leases.js';
import { type QueueFilter, ReviewQueueStore } from '../../src/store/review-queue.js';
import { openOwnDatabase, uuidOf, withdraw } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes, refusedOf } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const queue = new ReviewQueueStore(database);
const leases = new EntryLeaseStore(database);
const grants = [{ organisation: 'others', rights: ['read', 'verify'] as const }];
for (const id of ['ages', 'filters', 'pages', 'mine', 'counts']) {
  const facts = { title: id, class: 'ncii_adult', action: 'remove', organisation: 'tests', grants } as const;
  await stores.lists.create(newList({ ...facts, id, verification: { people: 2, organisations: 1 } }), setup);
}
const { author, reviewer, police, standing, enrol: enrolEntry } = await openReview(own);

const enrol = (list: string, changes: Partial<NewEntry> = {}) => enrolEntry(newDraft(pictureHashes(), { list, ...changes }));
const filterOf = (list: string, changes: Partial<QueueFilter> = {}): QueueFilter => ({
  ...{ lists: [list], statuses: statusesOf('all'), person: reviewer.person ?? 0, onlyConfirmable: false },
  ...changes,
});
const read = (filter: QueueFilter, maximum = 100) => queue.read(filter, undefined, { limit: 50, maximum });
const idsOf = async (filter: QueueFilter) => (await read(filter)).queued.map(({ entry }) => entry.id);
const lease = (id: string, { person, organisation } = reviewer, minutes = 10) =>
  leases.take(uuidOf(id), { person: person ?? 0, organisation: organisation ?? '' }, minutes);

describe('the queue', () => {
  it('begins with the entry that has had its status for longest, whatever else changed', async () => {
    const [first, second, third] = [await enrol('ages'), await enrol('ages'), await enrol('ages')];
    await standing.act('dispute', police, first, 'a doubt');
    // It is not enough, so the entry stays a draft.
    await standing.act('confirm', reviewer, second, null);
    expect(await idsOf(filterOf('ages'))).toEqual([second, third, first]);
  });

  it('has drafts, disputed and quarantined entries, and no others', async () => {
    const [draft, disputed, quarantined] = [await enrol('counts'), await enrol('counts'), await enrol('counts')];
    const gone = await enrol('counts');
    await enrol('counts', { status: 'verified' });
    await standing.act('dispute', police, disputed, 'a doubt');
    for (const actor of [reviewer, police]) await standing.act('confirm', actor, quarantined, null);
    await standing.lower(uuidOf(quarantined), 'flood', 'a test');
    await withdraw(stores, uuidOf(gone));
    expect((await idsOf(filterOf('counts'))).sort()).toEqual([draft, disputed, quarantined].sort());
    expect(await idsOf(filterOf('counts', { statuses: ['quarantined'] }))).toEqual([quarantined]);
    expect(await read(filterOf('counts'))).toMatchObject({ total: 3 });
    expect(await read(filterOf('counts'), 2)).toMatchObject({ total: 2 });
  });

  it('is filtered by class, series and the organisation that enrolled', async () => {
    await enrol('filters');
    const tvec = await enrol('filters', { class: 'tvec', series: 'case-17' });
    const ofOthers = (await stores.entries.create(newDraft(pictureHashes(), { list: 'filters' }), police))?.entry.id;
    expect(await idsOf(filterOf('filters', { class: 'tvec' }))).toEqual([tvec]);
    expect(await idsOf(filterOf('filters', { series: 'case-17' }))).toEqual([tvec]);
    expect(await idsOf(filterOf('filters', { organisation: 'others' }))).toEqual([ofOthers]);
    expect(await idsOf({ ...filterOf('filters'), lists: [] })).toEqual([]);
  });

  it('gives each entry once on its pages, although many got their status at once', async () => {
    const ids = await Promise.all([1, 2, 3, 4, 5].map(() => enrol('pages')));
    await database.query("update entry set status_since = '2026-01-01' where list = 'pages'");
    const seen: string[] = [];
    for (let after: Parameters<typeof queue.read>[1]; ; ) {
      const { queued } = await queue.read(filterOf('pages'), after, { limit: 2, maximum: 100 });
      const last = queued.at(-1);
      if (!last) break;
      seen.push(...queued.map(({ entry }) => entry.id));
      after = { since: last.waitingSince, entry: uuidOf(last.entry.id) };
    }
    expect(seen).toEqual(ids.sort());
  });
});

describe('what waits for a person', () => {
  let theirs: string;
  const mine = (person = reviewer.person ?? 0) =>
    idsOf(filterOf('mine', { person, onlyConfirmable: true, statuses: statusesOf('waiting_for_me') }));
  beforeAll(async () => {
    theirs = await enrol('mine');
  });

  it('leaves out their own work, and that of others which they claimed', async () => {
    expect(await mine()).toContain(theirs);
    expect(await mine(author.person ?? 0)).not.toContain(theirs);
    const hashes = pictureHashes();
    const claimed = await enrolEntry(newDraft(hashes, { list: 'mine' }));
    await stores.entries.create(newDraft(hashes, { list: 'mine' }), police);
    expect(await mine(police.person ?? 0)).not.toContain(claimed);
    expect(await mine()).toContain(claimed);
  });

  it('leaves out what they have confirmed', async () => {
    const entry = await enrol('mine');
    await standing.act('confirm', reviewer, entry, null);
    expect(await mine()).not.toContain(entry);
    expect(await mine(police.person ?? 0)).toContain(entry);
  });

  it('leaves out what another person works on', async () => {
    const entry = await enrol('mine');
    await lease(entry, police);
    expect(await mine()).not.toContain(entry);
    expect(await mine(police.person ?? 0)).toContain(entry);
  });
});

describe('a lease', () => {
  it('goes to exactly one of two people who ask at once', async () => {
    const entry = await enrol('pair');
    const taken = await Promise.all([lease(entry, reviewer), lease(entry, police), lease(entry, reviewer)]);
    expect(new Set(taken.map((one) => one?.person)).size).toBe(1);
  });

  it('is renewed by the person who holds it', async () => {
    const entry = await enrol('pair');
    const [first, second] = [await lease(entry, reviewer, 1), await lease(entry, reviewer, 10)];
    expect((second?.until.getTime() ?? 0) - (first?.until.getTime() ?? 0)).toBeGreaterThan(8 * 60_000);
  });

  it('is taken by another person once it is over', async () => {
    const entry = await enrol('pair');
    await lease(entry, police, -1);
    expect(await lease(entry, reviewer)).toMatchObject({ person: reviewer.person });
    expect(await lease(entry, police)).toMatchObject({ person: reviewer.person });
  });

  it('that is over hinders nobody', async () => {
    const entry = await enrol('pair');
    await lease(entry, police, -1);
    expect(await standing.act('confirm', reviewer, entry, null)).toMatchObject({ verification: { people: 1 } });
  });

  it.each(['confirm', 'reject'] as const)('makes %s by another person a conflict that names the holder', async (deed) => {
    const entry = await enrol('pair');
    const held = await lease(entry, police);
    const [refusal] = await refusedOf([standing.act(deed, reviewer, entry, 'looked at it')]);
    const detail = expect.stringContaining(`person ${police.person} of organisation "others"`);
    expect(refusal).toMatchObject({ code: 'conflict', detail });
    expect(refusal).toMatchObject({ detail: expect.stringContaining(held?.until.toISOString() ?? '-') });
  });

  it('makes a release by another person a conflict', async () => {
    const entry = await enrol('pair');
    for (const actor of [reviewer, police]) await standing.act('confirm', actor, entry, null);
    await standing.lower(uuidOf(entry), 'flood', 'a test');
    await lease(entry, police);
    expect(await refusedOf([standing.act('release', reviewer, entry, 'fine')])).toMatchObject([{ code: 'conflict' }]);
    expect(await standing.act('release', police, entry, 'fine')).toMatchObject({ status: 'verified' });
  });

  it('never delays a dispute or a withdrawal by another person', async () => {
    const entry = await enrol('pair');
    await lease(entry, police);
    expect(await standing.act('dispute', reviewer, entry, 'a doubt')).toMatchObject({ status: 'disputed' });
    expect((await standing.withdraw(author, entry, 'a mistake')).entry.status).toBe('withdrawn');
  });

  it('ends with the decision of the person who holds it', async () => {
    const entry = await enrol('pair');
    await lease(entry, police);
    await standing.act('confirm', police, entry, null);
    expect(await lease(entry, reviewer)).toMatchObject({ person: reviewer.person });
  });
});
