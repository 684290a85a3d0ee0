import { describe, expect, it } from 'vitest';
import type { Actor } from '../../src/domain/actor.js';
import { setup } from '../../src/domain/actor.js';
import type { Entry } from '../../src/domain/entry.js';
import { newList } from '../../src/domain/list.js';
import { EntryExpiry } from '../../src/service/entries/entry-expiry.js';
import { Tombstones } from '../../src/service/entries/tombstones.js';
import type { NewEntry } from '../../src/store/entries.js';
import { testDataKey } from '../support/data-key.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, author, reviewer, police } = await openReview(own);
const follower = { refresh: async () => {} };
const { embedded } = database;
const expiry = new EntryExpiry({ store: stores.entryExpiry, embedded, tombstones: new Tombstones(testDataKey), follower });
const run = () => expiry.run(new AbortController().signal);
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();
const hour = 3_600;

async function enrol(actor: Actor, draft: NewEntry, reference: string, changes: Partial<NewEntry> = {}): Promise<Entry> {
  const enrolled = await stores.entries.create({ ...draft, provenance: { reference }, ...changes }, actor);
  if (!enrolled) throw new Error('its list is gone');
  return enrolled.entry;
}
const entryOf = async (id: string) => {
  const entry = await stores.entries.get(uuidOf(id));
  if (!entry) throw new Error(`there is no entry ${id}`);
  return entry;
};
const claimsOf = async (id: string) =>
  (await entryOf(id)).claims.map(({ organisation, provenance }) => `${organisation} ${provenance.reference}`);
/** As an older version leaves it. */
const forgetClaims = (id: string) => database.query('delete from claim where entry = $1', [uuidOf(id)]);
/** Moves the end of its claims into the past. */
const lapse = async (id: string, organisation: string) => {
  const past = "now() - interval '1 minute'";
  await database.query(`update claim set expires_at = ${past} where entry = $1 and organisation = $2`, [
    uuidOf(id),
    organisation,
  ]);
  await database.query(
    `update entry set expires_at = (select case when bool_and(expires_at is not null) then max(expires_at) end from claim where entry = $1)
     where id = $1`,
    [uuidOf(id)],
  );
};

describe('an enrolment', () => {
  it('has one claim, with the provenance and the end of the entry', async () => {
    const expiresAt = inSeconds(hour);
    const { id, claims, createdAt } = await enrol(author, newDraft(), 'case-1', { expiresAt });
    const first = { organisation: 'tests', provenance: { reference: 'case-1' }, expiresAt, madeAt: createdAt };
    expect(claims).toEqual([{ id: id.replace('ent_', 'clm_'), ...first }]);
    expect((await entryOf(id)).claims).toEqual(claims);
  });

  it('of many entries has one for each', async () => {
    const drafts = [newDraft(), newDraft(), newDraft()];
    await stores.entries.createMany(drafts, author);
    const rows = await database.query(
      'select count(*)::int as count, count(distinct entry)::int as entries from claim where entry = any(array(select id from entry where identity = any($1::bytea[])))',
      [drafts.map(({ identity }) => Buffer.from(identity))],
    );
    expect(rows).toEqual([{ count: 3, entries: 3 }]);
  });

  it('of the same case again makes no claim, and lasts until the later end', async () => {
    const [draft, soon, late] = [newDraft(), inSeconds(hour), inSeconds(2 * hour)];
    const { id } = await enrol(author, draft, 'case-1', { expiresAt: soon });
    expect((await enrol(author, draft, 'case-1', { expiresAt: late })).expiresAt).toBe(late);
    expect((await enrol(author, draft, 'case-1', { expiresAt: soon })).expiresAt).toBe(late);
    expect((await enrol(author, draft, 'case-1')).expiresAt).toBeNull();
    expect(await claimsOf(id)).toEqual(['tests case-1']);
  });

  it('makes at most a hundred claims of one organisation on one entry', async () => {
    const draft = newDraft();
    const { id } = await enrol(author, draft, 'case-0');
    await database.query(
      `insert into claim (id, entry, list, organisation, person, provenance)
       select gen_random_uuid(), entry, list, organisation, person, jsonb_build_object('reference', 'case-' || n)
       from claim, generate_series(1, 99) n where entry = $1`,
      [uuidOf(id)],
    );
    await expect(enrol(author, draft, 'case-100')).rejects.toMatchObject({ code: 'conflict' });
    expect((await enrol(author, draft, 'case-99')).claims).toHaveLength(100);
    expect((await enrol(police, draft, 'file-1')).claims).toHaveLength(101);
  });

  it("of content that a flagger sent is not replaced, even after the flagger's confirmation is void", async () => {
    const draft = newDraft();
    const { id } = await enrol(police, draft, 'tip-1', { flagged: true });
    await standing.act('confirm', author, id, null);
    await enrol(reviewer, draft, 'case-1');
    await standing.act('dispute', author, id, 'somebody else');
    expect((await enrol(police, draft, 'file-2')).id).toBe(id);
    expect(await claimsOf(id)).toEqual(['others tip-1', 'tests case-1', 'others file-2']);
  });

  it("ends the claim of a flagger's draft that it replaces", async () => {
    const draft = newDraft();
    const { id } = await enrol(police, draft, 'tip-1', { flagged: true });
    await enrol(author, draft, 'case-1');
    const ended = await database.query('select ended_because from claim where entry = $1', [uuidOf(id)]);
    expect([await claimsOf(id), ended]).toEqual([[], [{ ended_because: 'superseded by an enrolment' }]]);
  });

  it('does not touch what the list says of its last change', async () => {
    const draft = newDraft();
    const { id, updatedAt } = await enrol(author, draft, 'case-1');
    expect((await enrol(police, draft, 'file-1')).updatedAt).toBe(updatedAt);
    await standing.withdraw(author, id, 'case closed');
    expect((await entryOf(id)).updatedAt).toBe(updatedAt);
  });
});

describe('the end of a claim', () => {
  it('is in the history, with its reason and its person', async () => {
    const draft = newDraft();
    const { id } = await enrol(author, draft, 'case-1');
    await enrol(police, draft, 'file-1');
    const { entry, waits } = await standing.withdraw(author, id, 'case closed');
    expect([entry.status, waits]).toEqual(['draft', false]);
    expect((await stores.entryReview.history(uuidOf(id))).at(-1)).toMatchObject({
      ...{ event: 'end_claim', person: author.person, organisation: 'tests', reason: 'case closed' },
      ...{ from: 'draft', to: 'draft' },
    });
    const ended = 'select ended_because, ended_by, ended_with_entry from claim where entry = $1 and ended_at is not null';
    expect(await database.query(ended, [uuidOf(id)])).toEqual([
      { ended_because: 'case closed', ended_by: author.person, ended_with_entry: false },
    ]);
  });

  it('neither counts for the hourly limit nor waits for a second person', async () => {
    const limit = (withdrawalsAnHour: number) =>
      stores.lists.update('pair', setup, (list) => ({ ...list, limits: { ...list.limits, withdrawalsAnHour } }));
    await limit(1);
    const drafts = [newDraft(), newDraft()];
    for (const draft of drafts) {
      const { id } = await enrol(author, draft, 'case-1');
      await enrol(police, draft, 'file-1');
      expect(await standing.withdraw(author, id, 'case closed')).toMatchObject({ waits: false, entry: { status: 'draft' } });
    }
    const alone = [await enrol(author, newDraft(), 'case-2'), await enrol(author, newDraft(), 'case-3')];
    const waits = [];
    for (const { id } of alone) waits.push((await standing.withdraw(author, id, 'case closed')).waits);
    expect(waits).toEqual([false, true]);
    await limit(100);
  });

  it('ends the request of its organisation to withdraw the entry', async () => {
    const draft = newDraft();
    const { id } = await enrol(author, draft, 'case-1');
    await database.query(
      "update entry set withdrawal_person = $2, withdrawal_reason = 'asked', withdrawal_at = now() where id = $1",
      [...[uuidOf(id), author.person]],
    );
    await enrol(police, draft, 'file-1');
    expect((await standing.withdraw(reviewer, id, 'case closed')).entry).toMatchObject({ status: 'draft', withdrawal: null });
  });

  it('by its time leaves the entry to the others', async () => {
    const draft = newDraft();
    const { id } = await enrol(author, draft, 'case-1', { expiresAt: inSeconds(hour) });
    await enrol(police, draft, 'file-1', { expiresAt: inSeconds(2 * hour) });
    await lapse(id, 'tests');
    expect(await run()).toBe(0);
    expect([await claimsOf(id), (await entryOf(id)).status]).toEqual([['others file-1'], 'draft']);
    expect((await stores.entryReview.history(uuidOf(id))).at(-1)).toMatchObject({
      event: 'end_claim',
      reason: 'expired',
      person: null,
    });
    const acts = "select via, detail from act where act = 'claims.expire' and detail -> 'entries' ? $1";
    expect(await database.query(acts, [id])).toEqual([{ via: 'system', detail: { reason: 'expired', count: 1, entries: [id] } }]);
    await lapse(id, 'others');
    expect(await run()).toBe(1);
    expect((await entryOf(id)).status).toBe('withdrawn');
  });

  it('whose time is over no longer keeps the entry', async () => {
    const draft = newDraft();
    const { id } = await enrol(author, draft, 'case-1');
    await enrol(police, draft, 'file-1', { expiresAt: inSeconds(hour) });
    await lapse(id, 'others');
    expect((await standing.withdraw(author, id, 'case closed')).entry.status).toBe('withdrawn');
  });

  it('comes with the end of its list', async () => {
    await stores.lists.create(
      newList({ id: 'brief', title: 'Brief', class: 'ncii_adult', action: 'remove', enabled: false }),
      setup,
    );
    const { id } = await enrol(author, newDraft(pictureHashes(), { list: 'brief' }), 'case-1');
    await stores.lists.delete('brief', setup, () => {});
    await stores.deletedLists.erase();
    expect(await database.query('select ended_because from claim where entry = $1', [uuidOf(id)])).toEqual([
      { ended_because: 'its list was deleted' },
    ]);
  });
});

describe('a restoration', () => {
  it('opens what the withdrawal ended, and nothing else', async () => {
    const draft = newDraft();
    const { id } = await enrol(author, draft, 'case-1');
    await enrol(police, draft, 'file-1');
    await standing.withdraw(police, id, 'case closed');
    await enrol(author, draft, 'case-2', { expiresAt: inSeconds(hour) });
    await standing.withdraw(author, id, 'a mistake');
    await standing.restore(author, id, 'it was right');
    expect([await claimsOf(id), (await entryOf(id)).expiresAt]).toEqual([['tests case-1', 'tests case-2'], null]);
    await expect(standing.restore(police, id, 'it was right')).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('keeps an end that is still to come', async () => {
    const expiresAt = inSeconds(hour);
    const { id } = await enrol(author, newDraft(), 'case-1', { expiresAt });
    await standing.withdraw(author, id, 'a mistake');
    expect((await standing.restore(author, id, 'it was right')).expiresAt).toBe(expiresAt);
  });

  it('does not prolong what ended in its time for others', async () => {
    const draft = newDraft();
    const { id } = await enrol(author, draft, 'case-1', { expiresAt: inSeconds(hour) });
    await enrol(police, draft, 'file-1', { expiresAt: inSeconds(hour) });
    for (const organisation of ['tests', 'others']) await lapse(id, organisation);
    await run();
    await standing.restore(author, id, 'still needed');
    expect([await claimsOf(id), (await entryOf(id)).expiresAt]).toEqual([['tests case-1'], null]);
    expect(await run()).toBe(0);
  });
});

describe('an entry that an older version', () => {
  it('enrolled has the claim of the entry', async () => {
    const draft = newDraft();
    const { id, claims } = await enrol(author, draft, 'case-1');
    await forgetClaims(id);
    expect((await entryOf(id)).claims).toEqual(claims);
    expect((await enrol(police, draft, 'file-1')).claims).toMatchObject([...claims, { organisation: 'others' }]);
  });

  it('enrolled is withdrawn and restored as before', async () => {
    const { id } = await enrol(author, newDraft(), 'case-1');
    await forgetClaims(id);
    await standing.withdraw(author, id, 'a mistake');
    await standing.restore(author, id, 'it was right');
    expect([await claimsOf(id), (await entryOf(id)).status]).toEqual([['tests case-1'], 'draft']);
  });

  it('restored has a claim again', async () => {
    const { id } = await enrol(author, newDraft(), 'case-1');
    await database.query('update claim set ended_at = now(), ended_with_entry = true where entry = $1', [uuidOf(id)]);
    expect(await claimsOf(id)).toEqual(['tests case-1']);
    expect((await standing.withdraw(author, id, 'a mistake')).entry.status).toBe('withdrawn');
  });
});

describe('at the same moment', () => {
  const rounds = Array.from({ length: 12 }, (_, round) => round);
  /** The enrolment by the police: its claim is open, or it was refused. */
  async function expectKept(enrolled: PromiseSettledResult<Entry>): Promise<void> {
    if (enrolled.status === 'rejected') return expect(['conflict', 'overloaded']).toContain(enrolled.reason.code);
    const { status, claims } = await entryOf(enrolled.value.id);
    expect([status, claims.map(({ organisation }) => organisation)]).toEqual([
      expect.not.stringMatching('withdrawn'),
      expect.arrayContaining(['others']),
    ]);
  }

  it('two organisations enrol a picture, and each has its claim', async () => {
    for (const _ of rounds) {
      const draft = newDraft();
      const [one, other] = await Promise.all([enrol(author, draft, 'case-1'), enrol(police, draft, 'file-1')]);
      expect(other.id).toBe(one.id);
      expect((await claimsOf(one.id)).toSorted()).toEqual(['others file-1', 'tests case-1']);
    }
  });

  it('twelve people enrol the same case, and it has one claim', async () => {
    const draft = newDraft();
    const entries = await Promise.all(Array.from({ length: 12 }, () => enrol(author, draft, 'case-1')));
    expect(await claimsOf(entries[0]?.id ?? '')).toEqual(['tests case-1']);
  });

  it.each([false, true])('one withdraws what the other enrols, and no claim is lost (confirmed: %s)', async (confirmed) => {
    for (const _ of rounds) {
      const draft = newDraft();
      const { id } = await enrol(author, draft, 'case-1');
      if (confirmed) await standing.act('confirm', reviewer, id, null);
      const [withdrawn, enrolled] = await Promise.allSettled([
        standing.withdraw(author, id, 'case closed'),
        enrol(police, draft, 'file-1'),
      ]);
      expect(withdrawn.status).toBe('fulfilled');
      expect(await claimsOf(id)).not.toContain('tests case-1');
      await expectKept(enrolled);
    }
  });

  it('one entry expires while the other enrols it, and no claim is lost', async () => {
    for (const _ of rounds) {
      const draft = newDraft();
      await enrol(author, draft, 'case-1', { expiresAt: inSeconds(-60) });
      const [, enrolled] = await Promise.allSettled([run(), enrol(police, draft, 'file-1')]);
      await expectKept(enrolled);
    }
  });

  it('both withdraw it, and it is withdrawn', async () => {
    for (const _ of rounds) {
      const draft = newDraft();
      const { id } = await enrol(author, draft, 'case-1');
      await enrol(police, draft, 'file-1');
      await Promise.all([author, police].map((actor) => standing.withdraw(actor, id, 'case closed')));
      expect([(await entryOf(id)).status, await claimsOf(id)]).toEqual(['withdrawn', []]);
    }
  });
});
