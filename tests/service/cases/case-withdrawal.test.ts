import { describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import type { HashSet } from '../../../src/domain/hash.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { openOwnDatabase, uuidOf } from '../../support/own-database.js';
import { variantOf } from '../pictures.js';
import { caseTools, openCases } from './open-cases.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { cases, entryReview, enrolment, refresh } = await openCases(own);
const random = randomFrom(312);
const picture = (): HashSet => ({ pdq: [variantOf(randomHash(random))] });
const { statesOf, standing, hashCount, opened } = caseTools(own, cases);

describe('a withdrawal', () => {
  it('ends one file, then all, and deletes the hashes for good', async () => {
    const before = await hashCount();
    const { withdraw, status } = await opened([picture(), picture()]);
    expect(statesOf(await withdraw([2]))).toEqual(['checking', 'withdrawn']);
    const last = await withdraw();
    expect([statesOf(last), last.closedAt]).toEqual([['withdrawn', 'withdrawn'], expect.any(Date)]);
    expect(await status()).toEqual(last);
    const sealed = await database.query("select from tombstone where list = 'victims' and sealed is not null");
    const marks = await database.query("select from tombstone_mark where list = 'victims'");
    expect([await hashCount(), sealed, marks]).toEqual([before, [], []]);
  });

  it('again changes nothing', async () => {
    const { withdraw } = await opened([picture()]);
    expect(await withdraw()).toEqual(await withdraw());
  });

  it('of a file that is the same as another ends both', async () => {
    const one = picture();
    const { withdraw } = await opened([one, one]);
    expect(statesOf(await withdraw([2]))).toEqual(['withdrawn', 'same']);
  });

  it('leaves the picture to another case of it, until the last is withdrawn', async () => {
    const one = picture();
    const [first, second] = [await opened([one]), await opened([one])];
    const before = await hashCount();
    await first.withdraw();
    expect([await hashCount(), statesOf(await second.status())]).toEqual([before, ['checking']]);
    await second.withdraw();
    expect(await hashCount()).toBe((before ?? 0) - 1);
  });

  it('never ends the claim of an organisation', async () => {
    const one = picture();
    const { withdraw } = await opened([one]);
    await database.query("insert into list_grant (list, organisation, rights) values ('victims', 'others', '{read,enrol}')");
    await refresh();
    const actor = { person: null, organisation: 'others', key: null, via: 'key' } as const;
    const { entry } = await enrolment.enrolHashes({ actor, flagger: false }, { list: 'victims' }, one);
    expect(statesOf(await withdraw())).toEqual(['withdrawn']);
    const after = await stores.entries.get(uuidOf(entry.id));
    expect([after?.status, after?.claims.map(({ organisation }) => organisation)]).toEqual(['draft', ['others']]);
  });

  it('can be followed by a new case of the same picture', async () => {
    const one = picture();
    await (await opened([one])).withdraw();
    expect(statesOf(await opened([one]))).toEqual(['checking']);
  });

  it('also deletes the seal of an entry that its list has withdrawn meanwhile', async () => {
    const before = (await standing()).length;
    const { withdraw, status } = await opened([picture()]);
    const { id = '' } = (await standing()).slice(before)[0] ?? {};
    await entryReview.withdraw(setup, id, 'a mistake');
    expect(statesOf(await status())).toEqual(['withdrawn']);
    await withdraw();
    await expect(entryReview.restore(setup, id, 'again')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('does not come back with the entry that its list restores for others', async () => {
    const one = picture();
    const { withdraw, status } = await opened([one]);
    const actor = { person: null, organisation: 'others', key: null, via: 'key' } as const;
    const { entry } = await enrolment.enrolHashes({ actor, flagger: false }, { list: 'victims' }, one);
    await entryReview.withdraw(setup, entry.id, 'a mistake');
    await withdraw();
    const restored = await entryReview.restore(setup, entry.id, 'no mistake');
    expect(restored.claims.map(({ organisation }) => organisation)).toEqual(['others']);
    expect(statesOf(await status())).toEqual(['withdrawn']);
  });

  it('refuses a file that the case does not have', async () => {
    const { withdraw } = await opened([picture()]);
    await expect(withdraw([2])).rejects.toMatchObject({ code: 'bad_request' });
  });
});
