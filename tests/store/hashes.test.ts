import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { standingOf } from '../../src/domain/standing.js';
import { dropNearIndex, ensureNearIndex, hasNearIndex, prepareNearIndex } from '../../src/store/near-index.js';
import { gate } from '../service/sync/follower-parts.js';
import { onPostgres } from '../support/database.js';
import { exact } from '../support/exact.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../support/own-database.js';
import { until } from '../support/until.js';

const { database, stores } = await openOwnDatabase();
const { entries, hashes } = stores;
const random = randomFrom(31);

async function enrol(...given: Parameters<typeof newEntryOf>): Promise<string> {
  return (await entries.create(newEntryOf(...given), setup))?.entry.id ?? '';
}

async function collect(pageSize: number) {
  const pages = [];
  for await (const page of hashes.pages(pageSize)) pages.push(page);
  return pages;
}

describe('pages', () => {
  beforeAll(async () => {
    await database.query('delete from entry');
    for (let number = 0; number < 7; number++) {
      await enrol(Array.from({ length: number + 1 }, () => pdqHash(randomHash(random))));
    }
  });

  it.each([1, 2, 3, 7, 100])('contain every entry once with all its hashes, %i at a time', async (size) => {
    const pages = await collect(size);
    expect(pages.every((page) => page.length <= size)).toBe(true);
    expect(pages.flat().map((entry) => entry.hashes.length)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(new Set(pages.flat().map(({ id }) => id)).size).toBe(7);
  });

  it('do not contain withdrawn entries', async () => {
    const id = await enrol([pdqHash(randomHash(random))]);
    await withdraw(stores, uuidOf(id), 'a mistake');
    expect((await collect(3)).flat().map((entry) => entry.id)).not.toContain(id);
  });

  it('contain hashes as bytes', async () => {
    const hex = randomHash(random);
    const sha1 = '0123456789abcdef0123456789abcdef01234567';
    const id = await enrol([pdqHash(hex, { variant: 'crop_092' }), pdqHash(sha1, { algorithm: 'sha1', quality: null })]);
    const entry = (await collect(100)).flat().find((one) => one.id === id);
    expect(entry).toMatchObject({ list: 'known', class: 'ncii_adult', standing: standingOf('verified', 0, 0) });
    expect(entry?.hashes.map((hash) => ({ ...hash, ordinal: 0, value: Buffer.from(hash.value).toString('hex') }))).toEqual([
      { ordinal: 0, algorithm: 'pdq', variant: 'crop_092', value: hex, quality: 100 },
      { ordinal: 0, algorithm: 'sha1', variant: 'full', value: sha1, quality: null },
    ]);
  });
});

describe('current', () => {
  it('returns a matching entry with all its hashes', async () => {
    const id = await enrol([pdqHash(randomHash(random)), pdqHash(randomHash(random))], { status: 'draft' });
    const current = await hashes.current([uuidOf(id)]);
    expect(current).toMatchObject([{ id, standing: standingOf('draft', 0, 0), hashes: [{}, {}] }]);
  });

  it('does not return a withdrawn entry', async () => {
    const id = await enrol([pdqHash(randomHash(random)), pdqHash(randomHash(random))]);
    await withdraw(stores, uuidOf(id), 'a mistake');
    expect(await hashes.current([uuidOf(id)])).toEqual([]);
  });

  it('returns nothing for unknown ids', async () => {
    expect(await hashes.current(['00000000-0000-7000-8000-000000000000'])).toEqual([]);
  });
});

describe('within and equal', () => {
  it('keep regions apart from whole images', async () => {
    const [whole, region] = [randomHash(random), randomHash(random)];
    await enrol([pdqHash(whole), pdqHash(region, { variant: 'region_centre' })]);
    const found = async (kind: 'pdq' | 'region') => (await hashes.within(kind, [whole, region], 5)).map((hits) => hits.length);
    expect([await found('pdq'), await found('region')]).toEqual([
      [1, 0],
      [0, 1],
    ]);
  });

  it('find no hash of a withdrawn entry', async () => {
    const hex = randomHash(random);
    const id = await enrol([pdqHash(hex), pdqHash(hex, { algorithm: 'sha256' })]);
    await withdraw(stores, uuidOf(id), 'a mistake');
    expect([await hashes.within('pdq', [hex], 31), await hashes.equal([exact('sha256', hex)])]).toEqual([[[]], []]);
  });
});

describe('neighbours', () => {
  const base = randomHash(random);
  let own: string;
  let near: string[];

  beforeAll(async () => {
    await database.query('delete from entry');
    own = await enrol([pdqHash(base)]);
    near = [];
    for (const distance of [4, 12, 30]) near.push(await enrol([pdqHash(flipBits(base, distance, random))]));
    await enrol([pdqHash(randomHash(random))]);
    await enrol([pdqHash(base, { variant: 'crop_092' })]);
    await enrol([pdqHash(base, { algorithm: 'blockhash' })]);
  });

  const found = (radius: number, limit: number) => hashes.neighbours(uuidOf(own), { radius, limit, lists: ['known'] });

  it('returns whole images, nearest first, without the entry itself', async () => {
    const expected = [4, 12, 30].map((distance, at) => ({ uuid: uuidOf(near[at] ?? ''), distance }));
    expect(await found(63, 20)).toEqual(expected);
  });

  it('returns nothing outside the radius', async () => {
    expect((await found(12, 20))?.map(({ distance }) => distance)).toEqual([4, 12]);
  });

  it('respects the limit', async () => {
    expect((await found(63, 1))?.map(({ distance }) => distance)).toEqual([4]);
  });

  it('returns undefined for an entry without a PDQ hash', async () => {
    const other = await enrol([pdqHash(base, { algorithm: 'sha256' })]);
    expect(await hashes.neighbours(uuidOf(other), { radius: 63, limit: 20, lists: ['known'] })).toBeUndefined();
  });

  it('returns the same without the index and after a rebuild', async () => {
    const before = await found(63, 20);
    await dropNearIndex(database);
    const without = await found(63, 20);
    expect(await ensureNearIndex(database)).toBe(true);
    expect([without, await found(63, 20)]).toEqual([before, before]);
  });
});

describe('before an import', () => {
  it.each([
    ['stays if few entries come', 5_000, true],
    ['goes if many come', 5_001, false],
  ])('the index for neighbours %s', async (_, coming, present) => {
    await ensureNearIndex(database);
    await prepareNearIndex(database, coming);
    expect(await hasNearIndex(database)).toBe(present);
  });
});

describe.skipIf(!onPostgres)('ensureNearIndex beside others (PostgreSQL only)', () => {
  const invalidate = "update pg_index set indisvalid = false where indexrelid = 'hash_near'::regclass";
  const write = () => stores.entries.create(newEntryOf([pdqHash(randomHash(random))]), setup);

  it('builds nothing while another node builds', async () => {
    await dropNearIndex(database);
    await database.session(async (other) => {
      await other.query("select pg_advisory_lock(hashtext('vigie neighbours index'))");
      expect([await ensureNearIndex(database), await hasNearIndex(database)]).toEqual([true, false]);
    });
  });

  it('builds one index when two nodes begin at once', async () => {
    await dropNearIndex(database);
    expect(await Promise.all([ensureNearIndex(database), ensureNearIndex(database)])).toEqual([true, true]);
    await until('the index exists', 10_000, () => hasNearIndex(database));
  });

  it('makes no write wait, although a long transaction delays it', async () => {
    await ensureNearIndex(database);
    await database.query(invalidate);
    const long = gate();
    const begun = gate();
    const delaying = database.transaction(async (tx) => {
      await tx.query('update hash set quality = quality');
      begun.open();
      await long.passed;
    });
    await begun.passed;
    const building = ensureNearIndex(database);
    const waits = "select count(*)::int as count from pg_stat_activity where query ~ '^drop index' and wait_event_type = 'Lock'";
    await until('the drop waits', 10_000, async () => (await database.query<{ count: number }>(waits))[0]?.count === 1);
    // A write that waited would end in database_unavailable after ten seconds.
    expect((await write())?.created).toBe(true);
    long.open();
    await Promise.all([delaying, building]);
    expect(await hasNearIndex(database)).toBe(true);
  });
});

describe('ensureNearIndex', () => {
  const valid = "select indisvalid as valid from pg_index where indexrelid = to_regclass('hash_near')";

  it('does not touch a complete index', async () => {
    const oid = "select to_regclass('hash_near')::oid as oid";
    await ensureNearIndex(database);
    const before = await database.query(oid);
    await ensureNearIndex(database);
    expect(await database.query(oid)).toEqual(before);
  });

  it('rebuilds an incomplete index', async () => {
    await ensureNearIndex(database);
    await database.query("update pg_index set indisvalid = false where indexrelid = 'hash_near'::regclass");
    await ensureNearIndex(database);
    expect(await database.query(valid)).toEqual([{ valid: true }]);
  });

  it('allows a second drop', async () => {
    await dropNearIndex(database);
    await dropNearIndex(database);
    expect(await database.query(valid)).toEqual([]);
  });
});

describe('wholesOf', () => {
  it('gives the PDQ hash of the whole image of each entry that owns a hash, unless it was withdrawn', async () => {
    const hex = randomHash(random);
    const id = await enrol([pdqHash(hex), pdqHash(randomHash(random), { variant: 'crop_90' })]);
    const [entry] = await hashes.current([uuidOf(id)]);
    const ordinals = entry?.hashes.map(({ ordinal }) => ordinal) ?? [];
    const wholes = await hashes.wholesOf(ordinals);
    expect(wholes.map(({ hit, value }) => [hit.entry.id, Buffer.from(value).toString('hex')])).toEqual([[id, hex]]);
    await withdraw(stores, uuidOf(id), 'a mistake');
    expect(await hashes.wholesOf(ordinals)).toEqual([]);
  });
});
