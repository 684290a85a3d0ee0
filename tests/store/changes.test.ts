import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { setup } from '../../src/domain/actor.js';
import { uuidOfEntryId } from '../../src/domain/entry.js';
import { ChangeStore, type FeedPosition } from '../../src/store/changes.js';
import type { NewEntry } from '../../src/store/entries.js';
import { onPostgres } from '../support/database.js';
import { randomFrom, randomHash } from '../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../support/own-database.js';
import { seededLists } from '../support/seed.js';

const { database, stores } = await openOwnDatabase();
const changes = new ChangeStore(database);
const random = randomFrom(23);
const [known] = seededLists;
let position: FeedPosition;

/** The changes since the last call. */
async function news(): Promise<string[]> {
  const page = await changes.since(position);
  position = page.position;
  return page.changes.map(({ kind, subject }) => `${kind} ${subject}`);
}

beforeEach(async () => {
  ({ position } = await changes.now());
});

async function enrol(changes: Partial<NewEntry> = {}) {
  const entry = newEntryOf([pdqHash(randomHash(random))], changes);
  const stored = await stores.entries.create(entry, setup);
  const uuid = uuidOf(stored?.entry.id ?? '');
  return { entry, uuid };
}

async function mintKey(id: string): Promise<void> {
  await stores.keys.create({ id, organisation: 'tests', role: 'platform', secretSha256: new Uint8Array(32) }, setup, true);
}

describe('the change feed', () => {
  it('is empty when nothing was written', async () => {
    expect(await news()).toEqual([]);
  });

  it('contains an enrolment', async () => {
    const { uuid } = await enrol();
    expect(await news()).toEqual([`entry ${uuid}`]);
  });

  it('contains each change once', async () => {
    await enrol();
    await news();
    expect(await news()).toEqual([]);
  });

  it('contains every entry of a bulk load', async () => {
    await stores.entries.createMany(
      [1, 2, 3].map(() => newEntryOf([pdqHash(randomHash(random))])),
      setup,
    );
    expect((await news()).length).toBe(3);
  });

  it('contains a superseded draft, its successor, and a withdrawal', async () => {
    const { entry, uuid } = await enrol({ status: 'draft', flagged: true });
    await news();
    const enrolled = await stores.entries.create({ ...entry, status: 'verified', flagged: false }, setup);
    const successor = uuidOfEntryId(enrolled?.entry.id ?? '') ?? '';
    await withdraw(stores, successor, 'a mistake');
    expect(await news()).toEqual([`entry ${uuid}`, `entry ${successor}`, `entry ${successor}`]);
  });

  it('contains the creation and the change of a list', async () => {
    if (known) await stores.lists.create({ ...known, id: 'fresh' }, setup);
    await stores.lists.update('fresh', setup, (list) => ({ ...list, enabled: false }));
    expect(await news()).toEqual(['list fresh', 'list fresh']);
  });

  it('contains the creation and the revocation of a key', async () => {
    await mintKey('feedfeed0001');
    await stores.keys.revoke('feedfeed0001', setup);
    expect(await news()).toEqual(['key feedfeed0001', 'key feedfeed0001']);
  });

  it('does not contain calls that change nothing', async () => {
    const { entry, uuid } = await enrol();
    await withdraw(stores, uuid, 'a mistake');
    await mintKey('feedfeed0002');
    await stores.keys.revoke('feedfeed0002', setup);
    const standing = await enrol();
    await news();
    await stores.keys.revoke('feedfeed0002', setup);
    await stores.entries.create(standing.entry, setup);
    await stores.entries.createMany([standing.entry], setup);
    if (known) await stores.lists.create(known, setup);
    expect(entry.status).toBe('verified');
    expect(await news()).toEqual([]);
  });

  it('does not contain a change that was rolled back', async () => {
    const failing = database.transaction(async (tx) => {
      await tx.query("insert into change (kind, subject) values ('list', 'never')");
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await news()).toEqual([]);
  });

  it('reports the newest change and a position before any later one', async () => {
    const { version } = await changes.now();
    await enrol();
    expect(BigInt((await changes.now()).version)).toBeGreaterThan(BigInt(version));
  });

  it('has pages that contain each change once, and leaves later changes for the next call', async () => {
    const paged = new ChangeStore(database, 2);
    const uuids = [];
    for (let count = 0; count < 5; count++) uuids.push((await enrol()).uuid);
    const read: string[] = [];
    let page = await paged.since(position);
    const late = await enrol();
    for (; page.rest; page = await paged.since(position, page.rest)) {
      expect(page.position).toEqual(position);
      read.push(...page.changes.map(({ subject }) => subject));
    }
    read.push(...page.changes.map(({ subject }) => subject));
    expect(read).toEqual([...uuids, late.uuid]);
    // The position is that of the first page, so later changes are not lost.
    expect((await paged.since(page.position)).changes.map(({ subject }) => subject)).toEqual([late.uuid]);
  });

  it('reports that the database has lost transactions that a node has seen', async () => {
    expect((await changes.since(position)).older).toBe(false);
    const ahead = position.snapshot.replace(/^(\d+):(\d+)/, (_, xmin, xmax) => `${xmin}:${BigInt(xmax) + 1_000n}`);
    expect((await changes.since({ ...position, snapshot: ahead })).older).toBe(true);
  });

  it('loses changes that were copied from another cluster, and keeps its own', async () => {
    const { uuid } = await enrol();
    await database.query("insert into change (xid, kind, subject) values ('9000000000000', 'entry', 'foreign')");
    expect(await news()).toEqual([`entry ${uuid}`, 'entry foreign']);
    expect(await news()).toEqual(['entry foreign']);
    await changes.deleteForeign();
    expect(await news()).toEqual([]);
    expect(await database.query('select from change where subject = $1', [uuid])).toHaveLength(1);
  });

  it('has another epoch after the database was replaced', async () => {
    await database.query('update feed set epoch = gen_random_uuid()');
    expect((await changes.since(position)).position.epoch).not.toBe(position.epoch);
  });
});

if (!onPostgres) process.stderr.write('skipping tests of concurrent transactions: the embedded database has one session\n');

describe.skipIf(!onPostgres)('the change feed with open transactions', () => {
  const opened: { end(how: 'commit' | 'rollback'): Promise<void> }[] = [];

  /** Leaves a transaction with a change of this subject open. */
  async function open(subject: string) {
    const client = await database.pool.connect();
    await client.query('begin');
    await client.query("insert into change (kind, subject) values ('entry', $1)", [subject]);
    let ended = false;
    const transaction = {
      async end(how: 'commit' | 'rollback') {
        if (ended) return;
        ended = true;
        await client.query(how);
        client.release();
      },
    };
    opened.push(transaction);
    return transaction;
  }

  afterAll(async () => {
    for (const transaction of opened) await transaction.end('rollback');
  });

  it('contains a row that commits after later rows were read', async () => {
    const late = await open('late');
    const prompt = await open('prompt');
    await prompt.end('commit');
    expect(await news()).toEqual(['entry prompt']);
    await late.end('commit');
    expect(await news()).toEqual(['entry late']);
  });

  it('is not delayed by an open transaction', async () => {
    const slow = await open('slow');
    const told: string[] = [];
    for (const subject of ['a', 'b', 'c']) {
      await (await open(subject)).end('commit');
      told.push(...(await news()));
    }
    expect(told).toEqual(['entry a', 'entry b', 'entry c']);
    await slow.end('rollback');
  });

  it('contains nothing twice while a transaction is open', async () => {
    const slow = await open('slow');
    await (await open('once')).end('commit');
    expect([await news(), await news(), await news()]).toEqual([['entry once'], [], []]);
    await slow.end('commit');
    expect([await news(), await news()]).toEqual([['entry slow'], []]);
  });

  it('contains a transaction that was open when the position was taken', async () => {
    const before = await open('begun before');
    ({ position } = await changes.now());
    await before.end('commit');
    expect(await news()).toEqual(['entry begun before']);
  });

  it('contains every committed row once, for any order of commits and reads', async () => {
    const told: string[] = [];
    const expected: string[] = [];
    const pending: { subject: string; end(how: 'commit' | 'rollback'): Promise<void> }[] = [];
    for (let number = 0; number < 150; number++) {
      if (pending.length < 6) pending.push({ subject: `row ${number}`, end: (await open(`row ${number}`)).end });
      if (random() < 0.7) {
        const [one] = pending.splice(Math.floor(random() * pending.length), 1);
        const how = random() < 0.8 ? 'commit' : 'rollback';
        if (one && how === 'commit') expected.push(`entry ${one.subject}`);
        await one?.end(how);
      }
      if (random() < 0.5) told.push(...(await news()));
    }
    for (const one of pending) await one.end('rollback');
    told.push(...(await news()));
    expect(told.toSorted()).toEqual(expected.toSorted());
  });
});
