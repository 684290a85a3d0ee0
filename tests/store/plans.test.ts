import { beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { ChangeStore } from '../../src/store/changes.js';
import { Database, type Queryable } from '../../src/store/database.js';
import { HashStore } from '../../src/store/hashes.js';
import { dropNearIndex, ensureNearIndex } from '../../src/store/near-index.js';
import { exact } from '../support/exact.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf } from '../support/own-database.js';

const { database, stores } = await openOwnDatabase();
const random = randomFrom(37);
const hexes = Array.from({ length: 3_000 }, () => randomHash(random));

/** Explains every statement before it runs. */
class Explaining extends Database {
  readonly plans: string[] = [];
  /** With expensive sequential scans, the plan shows whether an index can serve the statement. */
  avoidScans = false;

  constructor() {
    super(database.pool, database.embedded, async () => {});
  }

  override async query<Row extends Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    return this.transaction((tx) => tx.query<Row>(sql, parameters));
  }

  override transaction<Result>(work: (tx: Queryable) => Promise<Result>, begin?: string): Promise<Result> {
    return super.transaction(async (tx) => {
      if (this.avoidScans) await tx.query('set local enable_seqscan = off; set local enable_bitmapscan = off');
      return work({
        query: async <Row extends Record<string, unknown>>(sql: string, parameters: readonly unknown[] = []) => {
          if (!sql.startsWith('set local')) {
            this.plans.push(JSON.stringify(await tx.query(`explain (format json) ${sql}`, parameters)));
          }
          return tx.query<Row>(sql, parameters);
        },
      });
    }, begin);
  }
}

const explaining = new Explaining();
const hashes = new HashStore(explaining);

async function planOf(work: () => Promise<unknown>, { avoidScans = false } = {}): Promise<string> {
  explaining.avoidScans = avoidScans;
  await work();
  return explaining.plans.at(-1) ?? '';
}

beforeAll(async () => {
  await dropNearIndex(database);
  await stores.entries.createMany(
    hexes.map((hex) => newEntryOf([pdqHash(hex), pdqHash(hex, { algorithm: 'sha256' })])),
    setup,
  );
  await stores.entries.createMany(
    hexes
      .slice(0, 1_000)
      .map((hex) => newEntryOf([pdqHash(hex)], { list: 'illegal', status: 'draft', series: `series ${hex.slice(0, 2)}` })),
    setup,
  );
  await ensureNearIndex(database);
  // Most of the feed was read long ago, before any transaction that another test may have open.
  await database.query(
    "insert into change (kind, subject, xid) select 'entry', gen_random_uuid(), '3'::xid8 from generate_series(1, 20000)",
  );
  await database.query('analyze hash, entry, claim, change');
});

describe('the plan', () => {
  it('for digests reads hash_by_digest', async () => {
    const digests = hexes.slice(0, 3).map((hex) => exact('sha256', hex));
    expect(await planOf(() => hashes.equal(digests))).toContain('hash_by_digest');
  });

  it('for the change feed reads change_by_xid', async () => {
    const changes = new ChangeStore(explaining);
    const { position } = await changes.now();
    const plan = await planOf(() => changes.since(position));
    expect(plan).toContain('change_by_xid');
    expect(plan).not.toContain(
      'Seq Scan","Parent Relationship":"Inner","Parallel Aware":false,"Async Capable":false,"Relation Name":"change"',
    );
  });

  it('for entries by id reads hash_by_entry', async () => {
    const [first] = await stores.entries.page({ lists: ['known'], limit: 1 });
    expect(await planOf(() => hashes.current([uuidOf(first?.id ?? '')]))).toContain('hash_by_entry');
  });

  it('for neighbours can read hash_near', async () => {
    const [first] = await stores.entries.page({ lists: ['known'], limit: 1 });
    const plan = await planOf(() => hashes.neighbours(uuidOf(first?.id ?? ''), { radius: 63, limit: 20, lists: ['known'] }), {
      avoidScans: true,
    });
    expect(plan).toContain('hash_near');
  });

  it.each([false, true])('for an exact search never reads hash_near (scans avoided: %s)', async (avoidScans) => {
    expect(await planOf(() => hashes.within('pdq', hexes.slice(0, 2), 31), { avoidScans })).not.toContain('hash_near');
  });

  it('for a page of entries reads a sorted index', async () => {
    const { EntryStore } = await import('../../src/store/entries.js');
    const [first] = await stores.entries.page({ lists: ['known'], limit: 1 });
    const page = () => new EntryStore(explaining).page({ lists: ['known'], after: uuidOf(first?.id ?? ''), limit: 50 });
    expect(await planOf(page)).toMatch(/entry_by_list|entry_pkey/);
  });

  it('for the claims of entries looks them up by entry', async () => {
    const { EntryStore } = await import('../../src/store/entries.js');
    const [first] = await stores.entries.page({ lists: ['known'], limit: 1 });
    const plan = await planOf(() => new EntryStore(explaining).get(uuidOf(first?.id ?? '')));
    expect(plan).toContain('claim_pkey');
    expect(plan).not.toMatch(/"Seq Scan"[^}]*"Relation Name":"claim"/);
  });

  it('for claims whose time is over reads claim_by_expiry', async () => {
    const { EntryExpiryStore } = await import('../../src/store/entry-expiry.js');
    expect(await planOf(() => new EntryExpiryStore(explaining).expireClaims(500))).toContain('claim_by_expiry');
  });

  it.each([false, true])('for the queue can read the first rows of each list and status (only confirmable: %s)', async (only) => {
    const { ReviewQueueStore } = await import('../../src/store/review-queue.js');
    const of = { lists: ['known', 'illegal'], statuses: ['draft', 'disputed'], person: 1, onlyConfirmable: only } as const;
    const before = explaining.plans.length;
    explaining.avoidScans = true;
    await new ReviewQueueStore(explaining).read(of, undefined, { limit: 50, maximum: 10_001 });
    const [places, queued, extent] = explaining.plans.slice(before);
    for (const plan of [places, extent]) expect(plan).toMatch(/"Index (Only )?Scan"[^}]*"Index Name":"entry_waiting"/);
    for (const plan of [places, queued, extent]) expect(plan).not.toMatch(/"Hash Join"|"Seq Scan"|SubPlan \d+\)\.col/);
  });

  it('for the verdicts of an entry reads verdict_by_entry', async () => {
    const { EntryDetailStore } = await import('../../src/store/entry-details.js');
    await database.query(
      `insert into verdict (request_id, api_key, organisation, verdict, matches, index_version, answered_at)
      select 'req_' || n, 'key', 'tests', 'remove', jsonb_build_array(jsonb_build_object('entry', 'ent_' || n)), '1', now()
      from generate_series(1, 2000) n`,
    );
    await database.query('analyze verdict');
    const plan = await planOf(() => new EntryDetailStore(explaining).verdicts('ent_7', new Date(0)));
    expect(plan).toContain('verdict_by_entry');
    expect(plan).not.toContain('Seq Scan');
  });

  it('for a page of series reads entry_by_series and ends with the last of them', async () => {
    const { SeriesStore } = await import('../../src/store/series.js');
    const before = explaining.plans.length;
    await new SeriesStore(explaining).page({ lists: ['known', 'illegal'], after: 'series 3', limit: 2 });
    const [counts, claims] = explaining.plans.slice(before);
    expect(counts).toMatch(/"Index Name":"entry_by_series"/);
    expect(counts).not.toMatch(/"Strategy":"Hashed"|"Seq Scan"/);
    expect(claims).toContain('entry_by_series');
  });

  it('for match counts looks up each entry by its key, with and without statistics', async () => {
    const { MatchCountStore } = await import('../../src/store/match-counts.js');
    const page = await stores.entries.page({ lists: ['known'], limit: 100 });
    const counts = new MatchCountStore(explaining);
    const entries = page.map(({ id }) => uuidOf(id));
    const sources = entries.map((entry) => ({ entry, organisation: 'tests', matches: 1, contents: '00'.repeat(256) }));
    const plans = [await planOf(() => counts.add(sources)), await planOf(() => counts.flooded(entries, 20))];
    for (const plan of plans) {
      expect(plan).toContain('entry_pkey');
      expect(plan).not.toMatch(/entry_by_list|"(Hash|Merge) Join"|"Seq Scan"[^}]*"Relation Name":"entry"/);
    }
  });
});
