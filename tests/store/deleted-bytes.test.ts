import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { DeletedBytes } from '../../src/service/jobs/deleted-bytes.js';
import { DeletedBytesStore } from '../../src/store/deleted-bytes.js';
import { EmbeddedVacuumStore } from '../../src/store/embedded-vacuum.js';
import type { NewHash } from '../../src/store/entries.js';
import { filesWith } from '../support/bytes-on-disk.js';
import { onPostgres } from '../support/database.js';
import { openOwnDatabase } from '../support/own-database.js';
import { newDraft, openReview, pictureHashes } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const { standing, author, enrol } = await openReview(own);
const store = new DeletedBytesStore(database);
const lines: unknown[] = [];
const log = { info: (...line: unknown[]) => void lines.push(line), warn: (...line: unknown[]) => void lines.push(line) };
const deletedBytes = new DeletedBytes(store, (work) => work(store), stores.jobs, log);
const hexes = (hashes: readonly NewHash[]) => hashes.map(({ hex }) => hex);

/** Of this database on PostgreSQL, without the write-ahead log, which belongs to the whole cluster. */
async function directory(): Promise<string> {
  if (!onPostgres) return own.test.env.VIGIE_DATA_DIR;
  const [row] = await database.query<{ path: string }>(
    "select current_setting('data_directory') || '/base/' || oid as path from pg_database where datname = current_database()",
  );
  return row?.path ?? '';
}

async function onDisk(hashes: readonly NewHash[]): Promise<string[]> {
  await database.query('checkpoint');
  return filesWith(await directory(), hexes(hashes));
}

/** Whether it left nothing to erase. */
async function eraseOnce(): Promise<boolean> {
  const { at } = await store.pending();
  await deletedBytes.erase();
  const [last] = await stores.jobs.runs(1);
  return last?.job === 'bytes' && last.startedAt >= at;
}

describe.each([
  ['a withdrawal', async (id: string) => void (await standing.withdraw(author, id, 'she asked for it', { byVictim: true }))],
  ['the deletion of a list', async () => void (await stores.lists.delete('brief', setup, () => {}))],
])('after %s', (_, remove) => {
  it('no file holds the hashes, nor do statistics and the write-ahead log', async () => {
    const list = (await stores.lists.all()).find(({ id }) => id === 'pair');
    if (list) await stores.lists.create({ ...list, id: 'brief' }, setup);
    const hashes = pictureHashes();
    const others = Array.from({ length: 300 }, () => newDraft(pictureHashes(), { list: 'known' }));
    await stores.entries.createMany(others.slice(150), author);
    const id = await enrol(newDraft(hashes, { list: list ? 'brief' : 'pair' }));
    await stores.entries.createMany(others.slice(0, 150), author);
    for (const table of await new EmbeddedVacuumStore(database).tables()) await database.query(`analyze ${table}`);
    expect(await onDisk(hashes)).not.toEqual([]);
    await remove(id);
    expect((await store.pending()).count).toBeGreaterThan(0);
    // A run tells that it must come again while an automatic analyze reads.
    await expect.poll(eraseOnce, { timeout: 20_000 }).toBe(true);
    // An automatic analyze that began before may still write; the next run erases what it wrote.
    await expect.poll(async () => ((await eraseOnce()) ? onDisk(hashes) : ['again']), { timeout: 20_000 }).toEqual([]);
    expect((await stores.jobs.runs(1))[0]).toMatchObject({ job: 'bytes', deleted: expect.any(Number) });
    expect(await stores.entries.createMany(others, author)).toBe(0);
  });
});

describe('the newest hashes of all', () => {
  it('stay on PostgreSQL in the free space of a page, until the command of the operators guide', async () => {
    const hashes = pictureHashes();
    await standing.withdraw(author, await enrol(newDraft(hashes)), 'she asked for it', { byVictim: true });
    await deletedBytes.erase();
    if (onPostgres) await database.query('vacuum full hash');
    if (onPostgres) await database.query('vacuum full entry');
    expect(await onDisk(hashes)).toEqual([]);
  });
});

describe('an erasure of bytes', () => {
  it('does nothing while no hash was deleted', async () => {
    await database.query("update change set at = at - interval '1 hour'");
    lines.length = 0;
    await deletedBytes.erase();
    expect(lines).toEqual([]);
  });

  it('that is refused says what to do, once', async () => {
    await standing.withdraw(author, await enrol(), 'a mistake');
    const guest = new DeletedBytes(store, async () => 'refused' as never, stores.jobs, log);
    lines.length = 0;
    for (let run = 0; run < 2; run++) await guest.erase();
    expect(lines).toEqual([[expect.stringContaining('VIGIE_MIGRATION_URL')]]);
  });

  it.skipIf(onPostgres)('leaves one segment of the write-ahead log', async () => {
    await standing.withdraw(author, await enrol(), 'a mistake');
    await deletedBytes.erase();
    const segments = filesWith(join(own.test.env.VIGIE_DATA_DIR, 'postgres', 'pg_wal'), ['']);
    expect(segments.filter((name) => /^[0-9A-F]{24}$/.test(name))).toHaveLength(1);
  });
});
