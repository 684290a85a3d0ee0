import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { newList } from '../../src/domain/list.js';
import { HmaBankStore } from '../../src/store/hma-banks.js';
import { HmaContentStore } from '../../src/store/hma-contents.js';
import { withdrawRestored } from '../../src/store/withdrawals.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const contents = new HmaContentStore(database);
const banks = new HmaBankStore(database);
const random = randomFrom(1_630);
const metadata = { content_uri: 'https://x.example/1' };

const draft = (changes = {}) => newEntryOf([pdqHash(randomHash(random))], { status: 'draft', ...changes });

/** An entry that platform `tests` has a note on. */
async function noted(entry = draft()): Promise<string> {
  const created = await stores.entries.create(entry, setup);
  const uuid = uuidOf(created?.entry.id ?? '');
  const [number] = await contents.number('tests', [{ entry: uuid, list: entry.list }]);
  await contents.update('tests', number?.id ?? 0, { note: 'who is in it', metadata }, setup);
  return uuid;
}

const notesOn = (uuid: string) => database.query('select note from hma_content where entry = $1', [uuid]);

describe('a note on content', () => {
  it('goes when the entry is withdrawn', async () => {
    const uuid = await noted();
    expect(await notesOn(uuid)).toEqual([{ note: 'who is in it' }]);
    await withdraw(stores, uuid);
    expect(await notesOn(uuid)).toEqual([]);
  });

  it('goes when the entry expires', async () => {
    const uuid = await noted(draft({ expiresAt: new Date(Date.now() - 60_000).toISOString() }));
    await stores.entryExpiry.expire(10, () => Buffer.alloc(0));
    expect(await notesOn(uuid)).toEqual([]);
  });

  it("goes when an enrolment replaces a flagger's draft", async () => {
    const entry = draft({ flagged: true });
    const uuid = await noted(entry);
    await stores.entries.create({ ...entry, status: 'verified', flagged: false }, setup);
    expect(await notesOn(uuid)).toEqual([]);
  });

  it('of a backup goes when the entry was withdrawn afterwards', async () => {
    const uuid = await noted();
    const at = new Date();
    await database.transaction((tx) =>
      withdrawRestored(tx, [{ id: 1, event: 'withdraw', entry: uuid, at, byVictim: true, marks: [] }]),
    );
    expect(await notesOn(uuid)).toEqual([]);
  });

  it('goes when the bank is deleted', async () => {
    const list = newList({
      id: 'hma-bank-1',
      title: 'B',
      class: 'unclassified',
      action: 'hold_for_review',
      organisation: 'tests',
    });
    await banks.create({ organisation: 'tests', name: 'B', ratio: 1 }, list, setup);
    const uuid = await noted(draft({ list: list.id }));
    await contents.createFlat('tests', list.id, { pdq: '0'.repeat(64) }, { note: 'flat' }, setup);
    await banks.delete({ organisation: 'tests', name: 'B', list: list.id, ratio: 1 }, setup, () => {});
    const left = await database.query('select note from hma_content where list = $1', [list.id]);
    expect([await notesOn(uuid), left]).toEqual([[], []]);
  });
});

describe('the hashes of content', () => {
  const shown = async (person: number | null) => {
    const pdq = randomHash(random);
    const actor = { ...setup, organisation: 'tests', person };
    const created = await stores.entries.create(newEntryOf([pdqHash(pdq)]), actor);
    const [number] = await contents.number('tests', [{ entry: uuidOf(created?.entry.id ?? ''), list: 'known' }]);
    const content = await contents.get('tests', 'known', number?.id ?? 0);
    return [content?.signals, pdq];
  };

  it('are shown if a person of the organisation added it', async () => {
    const [row] = await database.query<{ id: number }>("select id from person where organisation = 'tests' limit 1");
    const [signals, pdq] = await shown(row?.id ?? 0);
    expect(signals).toEqual({ pdq });
  });

  it('are not shown if an exchange brought it', async () => {
    const [signals] = await shown(null);
    expect(signals).toEqual({});
  });
});

describe('a bank', () => {
  it('takes its exchanges and their credentials with it', async () => {
    const list = newList({
      id: 'hma-bank-3',
      title: 'D',
      class: 'unclassified',
      action: 'hold_for_review',
      organisation: 'tests',
    });
    const bank = { organisation: 'tests', name: 'D', list: list.id, ratio: 1 };
    await banks.create(bank, list, setup);
    await database.query(
      `insert into exchange (id, kind, list, base_url, options, every_seconds, enabled, credentials)
        values ($1, 'sample', $1, 'https://sample.invalid', '{}', 60, true, 'sealed')`,
      [list.id],
    );
    await banks.delete(bank, setup, () => {});
    expect(await database.query('select id from exchange')).toEqual([]);
    expect(await database.query("select subject from act where act = 'exchange.delete'")).toEqual([{ subject: list.id }]);
  });

  it('stays whole when its list may not be deleted, as the database has it', async () => {
    const list = newList({
      id: 'hma-bank-2',
      title: 'C',
      class: 'unclassified',
      action: 'hold_for_review',
      organisation: 'tests',
    });
    const bank = { organisation: 'tests', name: 'C', list: list.id, ratio: 1 };
    await banks.create(bank, list, setup);
    const grants = [{ organisation: 'others', rights: ['match'] as const }];
    await stores.lists.update(list.id, setup, (current) => ({ ...current, grants }));
    const refusal = new Error('shared');
    const deleted = banks.delete(bank, setup, (current) => {
      if (current.grants.length > 0) throw refusal;
    });
    await expect(deleted).rejects.toBe(refusal);
    expect(await banks.all()).toContainEqual(bank);
    expect((await stores.lists.all()).map(({ id }) => id)).toContain(list.id);
  });
});
