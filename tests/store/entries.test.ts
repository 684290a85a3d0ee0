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
  it('shows an entry with the class of its list', async () => {
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

  it('keeps a class of its own', async () => {
    expect((await entries.create(fresh({ class: 'ncii_minor' }), setup))?.entry.class).toBe('ncii_minor');
  });

  it('gives the standing entry to an equal one and stores nothing', async () => {
    const entry = fresh();
    const first = await entries.create(entry, setup);
    const before = await countHashes();
    const second = await entries.create({ ...entry, hashes: fresh().hashes }, setup);
    expect(second).toEqual({ entry: first?.entry, created: false });
    expect(await countHashes()).toBe(before);
  });

  it('takes equal content into another list as another entry', async () => {
    const entry = fresh();
    const ids = [await entries.create(entry, setup), await entries.create({ ...entry, list: 'illegal' }, setup)].map(
      (one) => one?.entry.id,
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('stores equal content once, however many enrol it at once', async () => {
    const entry = fresh();
    const stored = await Promise.all(Array.from({ length: 12 }, () => entries.create(entry, setup)));
    expect(stored.filter((one) => one?.created).length).toBe(1);
    expect(new Set(stored.map((one) => one?.entry.id)).size).toBe(1);
  });

  it('puts a verified entry of its own in the place of a draft, with nothing of what the flagger said', async () => {
    const entry = fresh({ status: 'draft', flagged: true });
    const draft = await entries.create(entry, setup);
    const real = { ...entry, status: 'verified' as const, flagged: false, hashes: fresh().hashes };
    const enrolled = await entries.create(real, setup);
    expect(enrolled).toMatchObject({ created: true, entry: { status: 'verified' } });
    expect(enrolled?.entry.id).not.toBe(draft?.entry.id);
    expect((await entries.get(uuidOfEntryId(draft?.entry.id ?? '') ?? ''))?.status).toBe('withdrawn');
  });

  it('adds to a verified entry the kinds of hashes it lacks, once, however many bring them', async () => {
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

  it('refuses content that the list withdrew, whatever else comes with it', async () => {
    const mark = randomBytes(32);
    const uuid = uuidOf((await entries.create(fresh(), setup))?.entry.id ?? '');
    await stores.entryReview.change(uuid, setup, 'a mistake', (change) =>
      replaceWithTombstone(change, 'withdraw', () => ({ sealed: null, marks: [mark], byVictim: false })),
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

  it('refuses an entry without a single hash', async () => {
    await expect(entries.create(newEntryOf([]), setup)).rejects.toMatchObject({ code: '23514' });
  });

  it('never gives an ordinal twice', async () => {
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
  it('stores what is new and skips what stands', async () => {
    const [standing, ...others] = [fresh(), fresh(), fresh()];
    await entries.create(standing, setup);
    expect(await entries.createMany([standing, ...others], setup)).toBe(2);
  });

  it('stores content once that comes twice in one load', async () => {
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
  it('gives an entry by its id, and none for another', async () => {
    const stored = await entries.create(fresh(), setup);
    expect(await entries.get(uuidOf(stored?.entry.id ?? ''))).toEqual(stored?.entry);
    expect(await entries.get('00000000-0000-7000-8000-000000000000')).toBeUndefined();
  });

  it('gives many by their ids and leaves unknown ones out', async () => {
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

describe.skipIf(!onPostgres)('create, beside an enrolment that has not committed', () => {
  /** Begins the same enrolment by another hand, and a `create` that has come upon it. */
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

  it('waits, and gives the entry of the other when it commits', async () => {
    const { created, end } = await begin();
    await end('commit');
    expect(await created).toMatchObject({ created: false, entry: { status: 'verified' } });
  });

  it('waits, and stores its own when the other gives up', async () => {
    const { created, end } = await begin();
    await end('rollback');
    expect(await created).toMatchObject({ created: true });
  });
});
