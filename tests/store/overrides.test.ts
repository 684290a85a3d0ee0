import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, author, reviewer, police, enrol } = await openReview(own);
const reason = 'the person depicted came to us';

/** Hashes that `tests` has withdrawn from a list. */
async function withdrawnFrom(list: string) {
  const hashes = pictureHashes();
  const id = await enrol(newDraft(hashes, { list }));
  await standing.withdraw(author, id, 'she asked for it', { byVictim: true });
  return { hashes, id };
}

/** By the police, which did not withdraw it. */
const override = async (hashes = pictureHashes(), list = 'known') =>
  (await stores.entries.create(newDraft(hashes, { list, status: 'verified', despiteWithdrawal: reason }), police))?.entry;

describe('a tombstone', () => {
  it('binds the organisation that withdrew the content, whatever reason it gives', async () => {
    const { hashes, id } = await withdrawnFrom('known');
    const refused = { code: 'conflict', detail: `list "known" refuses this content: its entry ${id} is withdrawn` };
    for (const actor of [author, reviewer]) {
      const again = stores.entries.create(newDraft(hashes, { list: 'known', despiteWithdrawal: reason }), actor);
      await expect(again).rejects.toMatchObject(refused);
    }
  });

  it('binds the organisation whose entry the owner of the list withdrew', async () => {
    const hashes = pictureHashes();
    const entry = newDraft(hashes, { list: 'known', despiteWithdrawal: reason });
    const id = (await stores.entries.create(entry, police))?.entry.id ?? '';
    await standing.withdraw(author, id, 'not ours', { byVictim: true });
    for (const actor of [police, author]) {
      await expect(stores.entries.create(entry, actor)).rejects.toMatchObject({ code: 'conflict' });
    }
  });

  it('tells another organisation how to list the content all the same', async () => {
    const { hashes } = await withdrawnFrom('known');
    const detail = expect.stringMatching(/by another organisation; .* despiteWithdrawal .* two people/);
    for (const part of [hashes, hashes.slice(0, 1)]) {
      const again = stores.entries.create(newDraft(part, { list: 'known' }), police);
      await expect(again).rejects.toMatchObject({ code: 'conflict', detail });
    }
  });

  it('is overridden by no import', async () => {
    const { hashes } = await withdrawnFrom('known');
    expect(await stores.entries.createMany([newDraft(hashes, { list: 'known', despiteWithdrawal: reason })], setup)).toBe(0);
  });
});

describe('an entry that overrides a tombstone', () => {
  it('is a draft until two people confirm it, even if its list requires nobody', async () => {
    const { hashes } = await withdrawnFrom('known');
    const entry = await override(hashes);
    const id = entry?.id ?? '';
    expect(entry).toMatchObject({ status: 'draft', organisation: 'others', verification: { people: 0, required: 2 } });
    await expect(standing.act('confirm', police, id, null)).rejects.toMatchObject({ code: 'own_work' });
    expect(await standing.act('confirm', author, id, null)).toMatchObject({ status: 'draft', verification: { people: 1 } });
    expect(await standing.act('confirm', reviewer, id, null)).toMatchObject({ status: 'verified' });
  });

  it('is in the audit log with the reason and the withdrawn entry', async () => {
    const { hashes, id } = await withdrawnFrom('known');
    const entry = await override(hashes);
    const acts = await database.query("select detail from act where act = 'entry.override' and subject = $1", [entry?.id]);
    expect(acts).toEqual([{ detail: { list: 'known', reason, withdrawn: [id] } }]);
  });

  it('is a draft again after a dispute, so that its digests do not remove', async () => {
    const id = (await override((await withdrawnFrom('known')).hashes))?.id ?? '';
    for (const actor of [author, reviewer]) await standing.act('confirm', actor, id, null);
    expect(await standing.act('dispute', author, id, 'somebody else')).toMatchObject({ status: 'draft' });
  });

  it('is returned for a repeated enrolment', async () => {
    const { hashes } = await withdrawnFrom('known');
    const entry = await override(hashes);
    expect((await override(hashes))?.id).toBe(entry?.id);
  });
});

describe('a reason that overrides nothing', () => {
  it('changes nothing about the entry', async () => {
    const entry = await override();
    expect(entry).toMatchObject({ status: 'verified', verification: { required: 0 } });
    const acts = await database.query('select act from act where subject = $1', [entry?.id]);
    expect(acts).toEqual([{ act: 'entry.create' }]);
    expect(await database.query('select people_required from entry where id = $1', [uuidOf(entry?.id ?? '')])).toEqual([
      { people_required: 0 },
    ]);
  });
});
