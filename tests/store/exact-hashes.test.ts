/** Tests every exact algorithm of the registry. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { type ExactAlgorithm, exactAlgorithms, hexLength } from '../../src/domain/algorithms/registry.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { createPgvectorIndex } from '../../src/index/pgvector.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { backup, restore } from '../../src/store/backup.js';
import { bindToKey } from '../../src/store/data-key-binding.js';
import { exact } from '../support/exact.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';
import { newDraft, openReview } from './review.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const target = await openOwnDatabase({ empty: true });
const { standing, author, enrol, foundOf } = await openReview(own);

const randomHex = (algorithm: ExactAlgorithm) => randomBytes(hexLength(algorithm) / 2).toString('hex');

describe.each(exactAlgorithms)('%s', (algorithm) => {
  const hex = randomHex(algorithm);
  const other = `${hex.slice(0, -2)}${hex.endsWith('00') ? '01' : '00'}`;
  const hash = pdqHash(hex, { algorithm, quality: null });
  const idsOf = async (of: string) => (await stores.hashes.equal([exact(algorithm, of)])).map(({ entry }) => entry.id);

  it('is found by the same value and by no other', async () => {
    const stored = await stores.entries.create(newEntryOf([hash]), setup);
    expect(await idsOf(hex)).toEqual([stored?.entry.id]);
    expect(await idsOf(other)).toEqual([]);
  });

  it('is not found as a hash of another algorithm', async () => {
    const others = exactAlgorithms.filter((name) => name !== algorithm).map((name) => exact(name, hex));
    expect(await stores.hashes.equal(others)).toEqual([]);
  });

  it('is found equally by both engines', async () => {
    const workers = await startIndexWorkerPool(1);
    const memory = new MemoryIndex(workers);
    await memory.load(stores.hashes.pages(), await stores.hashes.highestOrdinal());
    const pgvector = createPgvectorIndex(stores.hashes);
    for (const value of [hex, other]) {
      expect(await memory.lookup([exact(algorithm, value)])).toEqual(await pgvector.lookup([exact(algorithm, value)]));
    }
    expect(await memory.lookup([exact(algorithm, hex)])).toHaveLength(1);
    await memory.close();
    await workers.close();
  });

  it('cannot be stored in the column of perceptual hashes', async () => {
    const insert = "insert into hash (entry, algorithm, bits) select id, $1, b'0'::bit(256) from entry limit 1";
    await expect(database.query(insert, [algorithm])).rejects.toThrow('hash_bits_check');
  });

  it('is deleted by a withdrawal, refused meanwhile, and restored with its entry', async () => {
    const draft = newDraft([pdqHash(randomHex(algorithm), { algorithm, quality: null })]);
    const id = await enrol(draft);
    await stores.entryReview.change(uuidOf(id), setup, null, async ({ tx }) => {
      await tx.query("update entry set status = 'verified', people = 2, organisations = 1 where id = $1", [uuidOf(id)]);
    });
    await standing.withdraw(author, id, 'a mistake');
    expect(await foundOf(id)).toEqual([]);
    await expect(stores.entries.create(draft, author)).rejects.toMatchObject({ code: 'conflict' });
    await standing.restore(author, id, 'it was right');
    expect(await foundOf(id)).toEqual([`${algorithm} full ${draft.hashes[0]?.hex}`]);
  });
});

describe('a hash of an algorithm that only a newer version knows', () => {
  it('is left out, and so is an entry that has no other', async () => {
    const hashes = () => (['sha256', 'md5'] as const).map((algorithm) => pdqHash(randomHex(algorithm), { algorithm }));
    const ids = [await enrol(newDraft(hashes())), await enrol(newDraft(hashes()))].map(uuidOf);
    await database.query('alter table hash drop constraint hash_algorithm_check');
    const update = "update hash set algorithm = 'newer' where entry = any($1::uuid[]) and algorithm = any($2)";
    await database.query(update, [ids, ['md5']]);
    await database.query(update, [ids.slice(1), ['sha256']]);
    expect(await stores.hashes.current(ids)).toMatchObject([{ hashes: [{ algorithm: 'sha256' }] }]);
    await database.query('delete from entry where id = any($1::uuid[])', [ids]);
  });
});

describe('a backup', () => {
  it('brings every exact hash back', async () => {
    const fingerprint = new Uint8Array(32).fill(5);
    await bindToKey(database, fingerprint);
    const lines: string[] = [];
    await backup(database, async (line) => {
      lines.push(line);
    });
    async function* each(): AsyncGenerator<string> {
      yield* lines;
    }
    await restore(target.database, each(), () => {}, { fingerprint });
    const select = 'select algorithm, encode(digest, $1) as hex from hash where digest is not null order by ordinal';
    const restored = await target.database.query<{ algorithm: string }>(select, ['hex']);
    expect(restored).toEqual(await database.query(select, ['hex']));
    expect(new Set(restored.map((row) => row.algorithm))).toEqual(new Set(exactAlgorithms));
  });
});
