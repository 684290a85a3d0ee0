import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { uuidOfEntryId } from '../../src/domain/entry.js';
import { replaceWithTombstone } from '../../src/store/entry-review.js';
import { onPostgres } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const { entries } = stores;
const random = randomFrom(29);
const fresh = (changes = {}) => newEntryOf([pdqHash(randomHash(random))], changes);

async function countHashes(): Promise<number> {
  const [row] = await database.query<{ count: number }>('select count(*)::int as count from hash');
  return row?.count ?? 0;
}

describe('create', () => {
  it('gives an entry the class of its list', async () => {
    const stored = await entries.create(fresh({ quality: 88, provenance: { unit: 'a unit', reference: '42' } }), setup);
    expect(stored).toMatchObject({
      created: true,
      entry: {
        list: 'known',
        class: 'ncii_adult',
        status: 'verified',
        verification: { people: 0, organisations: 0, required: 0, requiredOrganisations: 0 },
        hashCount: 1,
        quality: 88,
        provenance: { unit: 'a unit', reference: '42' },
      },
    });
    expect(stored?.entry.id).toMatch(/^ent_[0-9a-f]{32}$/);
  });

  it('keeps an explicit class', async () => {
    expect((await entries.create(fresh({ class: 'ncii_minor' }), setup))?.entry.class).toBe('ncii_minor');
  });

  it('returns the existing entry for equal content and stores nothing', async () => {
    const entry = fresh();
    const first = await entries.create(entry, setup);
    const before = await countHashes();
    const second = await entries.create({ ...entry, hashes: fresh().hashes }, setup);
    expect(second).toEqual({ entry: first?.entry, created: false });
    expect(await countHashes()).toBe(before);
  });

  it('stores equal content in another list as another entry', async () => {
    const entry = fresh();
    const ids = [await entries.create(entry, setup), await entries.create({ ...entry, list: 'illegal' }, setup)].map(
      (one) => one?.entry.id,
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('stores equal content once for concurrent enrolments', async () => {
    const entry = fresh();
    const stored = await Promise.all(Array.from({ length: 12 }, () => entries.create(entry, setup)));
    expect(stored.filter((one) => one?.created).length).toBe(1);
    expect(new Set(stored.map((one) => one?.entry.id)).size).toBe(1);
  });

  it("replaces a flagger's draft by a verified entry without the flagger's data", async () => {
    const entry = fresh({ status: 'draft', flagged: true });
    const draft = await entries.create(entry, setup);
    const real = { ...entry, status: 'verified' as const, flagged: false, hashes: fresh().hashes };
    const enrolled = await entries.create(real, setup);
    expect(enrolled).toMatchObject({ created: true, entry: { status: 'verified' } });
    expect(enrolled?.entry.id).not.toBe(draft?.entry.id);
    expect((await entries.get(uuidOfEntryId(draft?.entry.id ?? '') ?? ''))?.status).toBe('withdrawn');
  });

  it('adds missing kinds of hashes to a verified entry once, for concurrent enrolments', async () => {
    const entry = fresh();
    const first = await entries.create({ ...entry, hashes: entry.hashes.slice(0, 1), quality: null }, setup);
    const digest = { algorithm: 'md5' as const, variant: 'full', hex: 'ab'.repeat(16), quality: null };
    const whole = { ...entry, hashes: [...entry.hashes.slice(0, 1), digest], quality: 90 };
    const later = await Promise.all([entries.create(whole, setup), entries.create(whole, setup), entries.create(whole, setup)]);
    expect(later.map((one) => [one?.created, one?.entry.id, one?.entry.hashCount, one?.entry.quality])).toEqual(
      later.map(() => [false, first?.entry.id, 2, 90]),
    );
  });

  it('leaves a verified entry verified when a flagger enrols it', async () => {
    const entry = fresh();
    await entries.create(entry, setup);
    expect((await entries.create({ ...entry, status: 'draft', flagged: true }, setup))?.entry.status).toBe('verified');
  });

  it('refuses withdrawn content, even together with other hashes', async () => {
    const mark = randomBytes(32);
    const uuid = uuidOf((await entries.create(fresh(), setup))?.entry.id ?? '');
    await stores.entryReview.change(uuid, setup, 'a mistake', (change) =>
      replaceWithTombstone(change, 'withdraw', () => ({ sealed: null, marks: [mark] })),
    );
    const again = entries.create(fresh({ marks: [randomBytes(32), mark] }), setup);
    await expect(again).rejects.toMatchObject({ code: 'conflict', detail: expect.stringContaining(uuid.replaceAll('-', '')) });
    expect(await entries.create(fresh({ list: 'illegal', marks: [mark] }), setup)).toMatchObject({ created: true });
  });

  it('stores nothing for a list that does not exist', async () => {
    expect(await entries.create(fresh({ list: 'nowhere' }), setup)).toBeUndefined();
  });

  it.each([
    ['pdq', 62],
    ['pdq', 66],
    ['blockhash', 32],
  ] as const)('lets the column refuse a %s of %i digits, and stores nothing', async (algorithm, digits) => {
    const identity = randomBytes(32);
    const wrong = newEntryOf([pdqHash('ab'.repeat(digits / 2), { algorithm })], { identity });
    await expect(entries.create(wrong, setup)).rejects.toMatchObject({ code: '22026' });
    expect(await database.query('select from entry where identity = $1', [identity])).toEqual([]);
  });

  it('refuses an entry without a hash', async () => {
    await expect(entries.create(newEntryOf([]), setup)).rejects.toMatchObject({ code: '23514' });
  });

  it('never reuses an ordinal', async () => {
    const ordinals = async () =>
      (await database.query<{ ordinal: number }>('select ordinal from hash')).map((row) => row.ordinal);
    await entries.create(fresh(), setup);
    const highest = Math.max(...(await ordinals()));
    await database.query('delete from entry where id in (select entry from hash where ordinal = $1)', [highest]);
    await entries.create(fresh(), setup);
    expect(Math.max(...(await ordinals()))).toBeGreaterThan(highest);
  });
});

describe('createMany', () => {
  it('stores new entries and skips existing ones', async () => {
    const [standing, ...others] = [fresh(), fresh(), fresh()];
    await entries.create(standing, setup);
    expect(await entries.createMany([standing, ...others], setup)).toBe(2);
  });

  it('stores content once that occurs twice in one load', async () => {
    const entry = fresh();
    const before = await countHashes();
    expect(await entries.createMany([entry, { ...entry, hashes: fresh().hashes }], setup)).toBe(1);
    expect(await countHashes()).toBe(before + 1);
  });

  it('stores every kind of hash with its quality and variant', async () => {
    const hex = randomHash(random);
    const hashes = [
      pdqHash(hex, { variant: 'crop_092', quality: null }),
      pdqHash(hex, { algorithm: 'blockhash', quality: null }),
      pdqHash('12'.repeat(16), { algorithm: 'md5', quality: null }),
      pdqHash('34'.repeat(20), { algorithm: 'sha1', quality: null }),
      pdqHash('56'.repeat(32), { algorithm: 'sha256', quality: null }),
    ];
    const entry = newEntryOf(hashes);
    await entries.createMany([entry], setup);
    const stored = await database.query(
      `select h.algorithm, h.variant, h.quality, encode(coalesce(digest, substring(bit_send(bits) from 5)), 'hex') as hex
       from hash h join entry e on e.id = h.entry where e.identity = $1 order by ordinal`,
      [Buffer.from(entry.identity)],
    );
    expect(stored).toEqual(hashes);
  });

  it('stores a thousand entries in one statement', async () => {
    expect(
      await entries.createMany(
        Array.from({ length: 1_000 }, () => newEntryOf([pdqHash('ab'.repeat(32), { algorithm: 'sha256' })])),
        setup,
      ),
    ).toBe(1_000);
  });
});

describe('reading', () => {
  it('returns an entry by its id, and nothing for an unknown id', async () => {
    const stored = await entries.create(fresh(), setup);
    expect(await entries.get(uuidOf(stored?.entry.id ?? ''))).toEqual(stored?.entry);
    expect(await entries.get('00000000-0000-7000-8000-000000000000')).toBeUndefined();
  });

  it('returns entries by their ids without unknown ones', async () => {
    const stored = [await entries.create(fresh(), setup), await entries.create(fresh(), setup)].map((one) => one?.entry.id ?? '');
    const found = await entries.many([...stored.map(uuidOf), '00000000-0000-7000-8000-000000000000']);
    expect(found.map(({ id }) => id).toSorted()).toEqual(stored.toSorted());
  });

  it('pages through a list in the order of enrolment, each entry once', async () => {
    const ids: string[] = [];
    for (let number = 0; number < 7; number++)
      ids.push((await entries.create(fresh({ list: 'harmless' }), setup))?.entry.id ?? '');
    const seen: string[] = [];
    for (let after: string | undefined; ; ) {
      const page = await entries.page({ lists: ['harmless'], limit: 3, ...(after !== undefined && { after }) });
      seen.push(...page.map(({ id }) => id));
      if (page.length < 3) break;
      after = uuidOf(page.at(-1)?.id ?? '');
    }
    expect(seen).toEqual(ids);
  });

  it('pages by status', async () => {
    const uuid = uuidOf((await entries.create(fresh({ list: 'illegal' }), setup))?.entry.id ?? '');
    await entries.create(fresh({ list: 'illegal', status: 'draft' }), setup);
    await withdraw(stores, uuid, 'a mistake');
    const statuses = async (status: 'draft' | 'withdrawn') =>
      (await entries.page({ lists: ['illegal'], status, limit: 10 })).map((entry) => entry.status);
    expect([await statuses('draft'), await statuses('withdrawn')]).toEqual([['draft'], ['withdrawn']]);
  });
});

describe.skipIf(!onPostgres)('create during an uncommitted enrolment', () => {
  /** Starts an enrolment in an open transaction, and a `create` that waits for it. */
  async function begin() {
    const entry = fresh();
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query(
      `insert into entry (id, list, class, status, identity, hash_count)
       values (gen_random_uuid(), 'known', 'ncii_adult', 'verified', $1, 1)`,
      [entry.identity],
    );
    const created = entries.create(entry, setup);
    const blocked =
      "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()) as yes";
    while (!(await database.query<{ yes: boolean }>(blocked))[0]?.yes);
    const end = async (how: 'commit' | 'rollback') => {
      await client.query(how);
      client.release();
    };
    return { created, end };
  }

  it('waits, and returns the other entry when that commits', async () => {
    const { created, end } = await begin();
    await end('commit');
    expect(await created).toMatchObject({ created: false, entry: { status: 'verified' } });
  });

  it('waits, and stores its own entry when the other rolls back', async () => {
    const { created, end } = await begin();
    await end('rollback');
    expect(await created).toMatchObject({ created: true });
  });
});
