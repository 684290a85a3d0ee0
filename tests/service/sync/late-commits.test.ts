/** The embedded database has one session, so no transaction stays open beside a node. */
import type { PoolClient } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { type IndexWorkerPool, startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { createTestDatabase, onPostgres, openTestDatabase } from '../../support/database.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, type OwnDatabase, pdqHash, uuidOf, withdraw } from '../../support/own-database.js';
import { makeNode, type Node } from './follower-parts.js';

if (!onPostgres) process.stderr.write('late commits: skipped, because the embedded database has one session\n');

describe.skipIf(!onPostgres)('a node beside an open transaction', () => {
  let own: OwnDatabase;
  let workers: IndexWorkerPool;
  beforeAll(async () => {
    const test = await createTestDatabase();
    own = { test, ...(await openTestDatabase(test)) };
    workers = await startIndexWorkerPool(1);
  });
  afterAll(async () => {
    await workers.close();
    await own.database.close();
    await own.test.drop();
  });
  const random = randomFrom(71);
  let node: Node;
  let slow: PoolClient;
  let isOpen: boolean;

  beforeEach(async () => {
    node = makeNode(own, workers);
    slow = await own.database.pool.connect();
    await slow.query('begin');
    // A write gives it an id: now it is the oldest.
    await slow.query("insert into change (kind, subject) values ('entry', gen_random_uuid())");
    isOpen = true;
    await node.follower.start();
  });

  afterEach(async () => {
    await end('rollback');
    await node.follower.close();
  });

  async function end(how: 'commit' | 'rollback'): Promise<void> {
    if (!isOpen) return;
    isOpen = false;
    await slow.query(how);
    slow.release();
  }

  async function enrol(): Promise<{ hex: string; id: string; uuid: string }> {
    const hex = randomHash(random);
    const id = (await own.stores.entries.create(newEntryOf([pdqHash(hex)]), setup))?.entry.id ?? '';
    return { hex, id, uuid: uuidOf(id) };
  }

  const withinOneSecond = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 1_000, interval: 10 });

  it('applies an enrolment and a withdrawal by another node within a second each', async () => {
    const { hex, id, uuid } = await enrol();
    await withinOneSecond(async () => expect(await node.found(hex)).toEqual([id]));
    await withdraw(own.stores, uuid, 'a mistake');
    await withinOneSecond(async () => expect(await node.found(hex)).toEqual([]));
    expect(isOpen).toBe(true);
  });

  it('applies an entry whose transaction commits after many later ones were applied', async () => {
    const late = { uuid: '018f0000-0000-7000-8000-00000000feed', hex: randomHash(random) };
    await slow.query(
      `insert into entry (id, list, class, status, identity, hash_count)
       values ($1, 'known', 'ncii_adult', 'verified', decode($2, 'hex'), 1)`,
      [late.uuid, 'ab'.repeat(32)],
    );
    await slow.query(`insert into hash (entry, algorithm, bits) values ($1, 'pdq', ('x' || $2)::varbit)`, [late.uuid, late.hex]);
    await slow.query(`insert into change (kind, subject) values ('entry', $1)`, [late.uuid]);
    for (let number = 0; number < 5; number++) {
      const { hex, id } = await enrol();
      await node.follower.refresh();
      expect(await node.found(hex)).toEqual([id]);
    }
    expect(await node.found(late.hex)).toEqual([]);
    await end('commit');
    await withinOneSecond(async () => expect(await node.found(late.hex)).toHaveLength(1));
  });

  it('loads everything again from a restored database', async () => {
    const gone = await enrol();
    await node.follower.refresh();
    await own.database.transaction(async (tx) => {
      await tx.query('delete from entry where id = $1', [gone.uuid]);
      await tx.query('delete from change');
      await tx.query("update feed set epoch = gen_random_uuid(), pruned_xid = '0'");
    });
    await withinOneSecond(async () => expect(await node.found(gone.hex)).toEqual([]));
    expect(node.log).toContain('the database was restored or replaced; loading everything again');
  });
});
