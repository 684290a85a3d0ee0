import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWithdrawals, WithdrawalJournal } from '../../src/service/entries/withdrawal-journal.js';
import { backup, restore } from '../../src/store/backup.js';
import { bindToKey } from '../../src/store/data-key-binding.js';
import { WithdrawalStore } from '../../src/store/withdrawals.js';
import { openOwnDatabase, uuidOf } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes } from './review.js';

const source = await openOwnDatabase();
const target = await openOwnDatabase({ empty: true });
const { standing, author, enrol } = await openReview(source);
const fingerprint = new Uint8Array(32).fill(7);
const journalOf = (path: string) => new WithdrawalJournal(path, new WithdrawalStore(source.database));

const theirs = pictureHashes();
const ids = { stays: '', mistaken: '', theirs: '', undone: '' };
let folder: string;
let path: string;
const lines: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-withdrawals-'));
  path = join(folder, 'withdrawals.journal');
  await bindToKey(source.database, fingerprint);
  ids.stays = await enrol();
  ids.mistaken = await enrol();
  ids.theirs = await enrol(newDraft(theirs));
  ids.undone = await enrol();
  await backup(source.database, async (line) => void lines.push(line));
  await standing.withdraw(author, ids.mistaken, 'a mistake');
  await standing.withdraw(author, ids.theirs, 'the person asked', { byVictim: true });
  await standing.withdraw(author, ids.undone, 'a mistake');
  await standing.restore(author, ids.undone, 'it was right');
  await journalOf(path).catchUp();
});
afterAll(() => rm(folder, { recursive: true }));

async function* each(): AsyncGenerator<string> {
  yield* lines;
}

const written = async () => (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');

describe('the journal of withdrawals', () => {
  it('has a line for each withdrawal and each undoing, and no hash', async () => {
    const text = await written();
    expect(text.map((line) => JSON.parse(line).event)).toEqual(['withdraw', 'withdraw', 'withdraw', 'restore']);
    for (const { hex } of theirs) expect(text.join()).not.toContain(hex);
  });

  it('gets each line once, also after a restart', async () => {
    const before = await written();
    const again = journalOf(path);
    await again.catchUp();
    await again.catchUp();
    expect(await written()).toEqual(before);
  });

  it('says what stands withdrawn, whatever a power cut left of its last line', async () => {
    const cut = join(folder, 'cut');
    await journalOf(cut).catchUp();
    await appendFile(cut, '{"id":');
    const standing = await readWithdrawals(cut);
    expect(standing?.map(({ entry, byVictim }) => ({ entry, byVictim }))).toEqual([
      { entry: uuidOf(ids.mistaken), byVictim: false },
      { entry: uuidOf(ids.theirs), byVictim: true },
    ]);
  });

  it('is missing where no node has run', async () => {
    expect(await readWithdrawals(join(folder, 'nowhere'))).toBeUndefined();
  });
});

describe('a backup from before a withdrawal, restored with the journal', () => {
  const { entries, hashes } = target.stores;
  const hashesOf = async (id: string) => (await hashes.current([uuidOf(id)])).flatMap((entry) => entry.hashes);

  it('has no hash of what was withdrawn, and all of the rest', async () => {
    const withdrawals = await readWithdrawals(path);
    expect(await restore(target.database, each(), () => {}, { fingerprint, withdrawals })).toMatchObject({ withdrawn: 2 });
    expect([await hashesOf(ids.theirs), await hashesOf(ids.mistaken)]).toEqual([[], []]);
    expect([(await hashesOf(ids.stays)).length, (await hashesOf(ids.undone)).length]).toEqual([3, 3]);
    expect((await entries.get(uuidOf(ids.theirs)))?.status).toBe('withdrawn');
  });

  it('refuses the content of the person depicted', async () => {
    const [row] = await target.database.query('select by_victim, sealed from tombstone where entry = $1', [uuidOf(ids.theirs)]);
    expect(row).toEqual({ by_victim: true, sealed: null });
    const marks = async (database: typeof target.database) =>
      database.query('select list, mark from tombstone_mark where entry = $1 order by mark', [uuidOf(ids.theirs)]);
    expect(await marks(target.database)).toEqual(await marks(source.database));
  });

  it('says so in the history and in the audit log', async () => {
    expect((await target.stores.entryReview.history(uuidOf(ids.theirs))).at(-1)).toMatchObject({
      event: 'withdraw',
      reason: 'withdrawn after the backup was made',
    });
    const acts = await target.database.query("select subject from act where act = 'entry.withdraw' order by id desc limit 2");
    expect(acts).toEqual([{ subject: ids.theirs }, { subject: ids.mistaken }]);
  });
});
