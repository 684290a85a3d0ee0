import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { pruneChangeFeed } from '../../../src/service/sync/change-feed-pruner.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../../support/own-database.js';
import { makeNode, type Node } from './follower-parts.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());
const random = randomFrom(67);
const reloading = 'changes were pruned before this node had read them; loading everything again';

let node: Node;
beforeEach(async () => {
  node = makeNode(own, workers);
  await node.follower.start();
});
afterEach(() => node.follower.close());

async function enrol(): Promise<{ hex: string; id: string; uuid: string }> {
  const hex = randomHash(random);
  const id = (await stores.entries.create(newEntryOf([pdqHash(hex)]), setup))?.entry.id ?? '';
  return { hex, id, uuid: uuidOf(id) };
}

/** No open transaction of the server may be older than the changes. */
async function settled(): Promise<void> {
  const select = 'select pg_snapshot_xmin(pg_current_snapshot()) > max(xid) as past from change';
  await vi.waitFor(async () => expect(await database.query(select)).toEqual([{ past: true }]), { timeout: 20_000 });
}

const pruneAll = () => pruneChangeFeed(node.changes, pino({ level: 'silent' }), new AbortController().signal, 0);

describe('a node that polls', () => {
  it('never loads again because of pruning', async () => {
    for (let round = 0; round < 5; round++) {
      const { hex, id } = await enrol();
      await settled();
      await node.follower.refresh();
      expect(await pruneAll()).toBeGreaterThan(0);
      await node.follower.refresh();
      expect(await node.found(hex)).toEqual([id]);
    }
    expect({ loads: node.follower.loads, log: node.log }).toEqual({ loads: 1, log: ['index loaded'] });
  });
});

describe('a node that slept past the pruning', () => {
  /** Only this node cannot reach the database while `work` is done. */
  async function asleep(work: () => Promise<void>): Promise<void> {
    node.changes.failure = new Error('asleep');
    await work();
    node.changes.failure = undefined;
  }

  it('loads everything again, once, and then finds what the database holds', async () => {
    const withdrawn = await enrol();
    await node.follower.refresh();
    let enrolled = withdrawn;
    await asleep(async () => {
      enrolled = await enrol();
      await withdraw(stores, withdrawn.uuid, 'a mistake');
      await settled();
      expect(await pruneAll()).toBeGreaterThan(0);
    });
    await node.follower.refresh();
    await node.follower.refresh();
    expect([await node.found(withdrawn.hex), await node.found(enrolled.hex)]).toEqual([[], [enrolled.id]]);
    expect(node.log.filter((message) => message === reloading)).toEqual([reloading]);
    expect(node.follower.loads).toBe(2);
  });

  it('retries a load that fails', async () => {
    await asleep(async () => {
      await enrol();
      await settled();
      await pruneAll();
    });
    const now = vi.spyOn(node.changes, 'now').mockRejectedValueOnce(new Error('gone again'));
    await expect(node.follower.refresh()).rejects.toThrow('gone again');
    expect(node.follower.ready).toBe(false);
    await vi.waitFor(() => expect(node.follower.ready).toBe(true), { timeout: 10_000 });
    now.mockRestore();
  });
});
