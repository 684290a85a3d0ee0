import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { mintKey } from '../../../src/service/accounts/key-cache.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../../support/own-database.js';
import { keyOf, seededLists } from '../../support/seed.js';
import { failing, gate, makeNode, type Node } from './follower-parts.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());
const random = randomFrom(43);

let node: Node;
beforeEach(() => {
  node = makeNode(own, workers);
});
afterEach(() => node.follower.close());

async function enrol(hex = randomHash(random)): Promise<{ hex: string; id: string; uuid: string }> {
  const id = (await stores.entries.create(newEntryOf([pdqHash(hex)]), setup))?.entry.id ?? '';
  return { hex, id, uuid: uuidOf(id) };
}

/** Waits for the node to read the feed by itself. */
const soon = (check: () => Promise<void> | void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });
const authenticates = (role: 'platform' | 'auditor' | 'reviewer') =>
  node.keyCache.authenticate(`Bearer ${keyOf(role)}`, Date.now()).role;

describe('start', () => {
  it('loads entries, keys and lists before it resolves', async () => {
    const { hex, id } = await enrol();
    await node.follower.start();
    expect(await node.found(hex)).toEqual([id]);
    expect(authenticates('platform')).toBe('platform');
    expect(node.listCache.all().map((list) => list.id)).toEqual(expect.arrayContaining(seededLists.map((list) => list.id)));
  });

  it('makes the node usable', async () => {
    expect(() => node.follower.assertUsable()).toThrow(/index_unavailable/);
    const before = node.follower.ready;
    await node.follower.start();
    expect(() => node.follower.assertUsable()).not.toThrow();
    expect([before, node.follower.ready]).toEqual([false, true]);
  });

  it('misses nothing that is written while it loads', async () => {
    const held = gate();
    node.hashes.holdPages = held.passed;
    const loading = new Promise<void>((resolve) => {
      node.hashes.read = resolve;
    });
    const started = node.follower.start();
    await loading;
    const { hex, id } = await enrol();
    held.open();
    await started;
    await soon(async () => expect(await node.found(hex)).toEqual([id]));
  });

  it('shows the version of the newest change', async () => {
    await node.follower.start();
    expect(node.follower.freshness().version).toBe((await node.changes.now()).version);
  });
});

describe('following the feed', () => {
  beforeEach(() => node.follower.start());

  it('brings an enrolment by another node', async () => {
    const { hex, id } = await enrol();
    await soon(async () => expect(await node.found(hex)).toEqual([id]));
  });

  it('brings a withdrawal', async () => {
    const { hex, uuid } = await enrol();
    await node.follower.refresh();
    await withdraw(stores, uuid, 'a mistake');
    await soon(async () => expect(await node.found(hex)).toEqual([]));
  });

  it('brings a new key', async () => {
    const { id, key, secretSha256 } = mintKey();
    await stores.keys.create({ id, organisation: 'tests', role: 'auditor', secretSha256 }, setup, true);
    await soon(() => expect(node.keyCache.authenticate(`Bearer ${key}`, Date.now()).key).toBe(id));
  });

  it('brings the revocation of a key', async () => {
    expect(authenticates('auditor')).toBe('auditor');
    await stores.keys.revoke('testauditor0', setup);
    await soon(() => expect(() => authenticates('auditor')).toThrow(/revoked/));
  });

  it('brings a list that was disabled', async () => {
    await stores.lists.update('harmless', setup, (list) => ({ ...list, enabled: false }));
    await soon(() => expect(node.listCache.matchable('tests').lists.has('harmless')).toBe(false));
  });

  it('shows a newer version once a change is applied', async () => {
    const { version } = node.follower.freshness();
    await enrol();
    await node.follower.refresh();
    expect(BigInt(node.follower.freshness().version)).toBeGreaterThan(BigInt(version));
  });

  it('applies keys before the entries of a long import, and shows its version after them', async () => {
    const held = gate();
    node.hashes.holdCurrent = held.passed;
    const reading = new Promise<void>((resolve) => {
      node.hashes.read = resolve;
    });
    const { version } = node.follower.freshness();
    const size = node.index.size;
    // Keeps the poller from reading between the two writes.
    node.changes.failure = new Error('not yet');
    const digest = pdqHash('ab'.repeat(32), { algorithm: 'sha256' });
    await stores.entries.createMany(
      Array.from({ length: 2_500 }, () => newEntryOf([digest])),
      setup,
    );
    await stores.keys.revoke('testreviewer', setup);
    node.changes.failure = undefined;
    await reading;
    expect(() => authenticates('reviewer')).toThrow(/revoked/);
    expect({ size: node.index.size, version: node.follower.freshness().version }).toEqual({ size, version });
    held.open();
    await soon(() => expect(node.index.size - size).toBe(2_500));
    await soon(async () => expect(node.follower.freshness().version).toBe((await node.changes.now()).version));
  });
});

describe('refreshing', () => {
  it('is one read of the feed for all that ask before it begins', async () => {
    await node.follower.start();
    await node.follower.refresh();
    const { hex, id } = await enrol();
    const reads = vi.spyOn(node.changes, 'since');
    await Promise.all(Array.from({ length: 100 }, () => node.follower.refresh()));
    expect(await node.found(hex)).toEqual([id]);
    expect(reads.mock.calls.length).toBeLessThan(10);
  });
});

describe('a restored database', () => {
  it('is loaded again', async () => {
    const gone = await enrol();
    await node.follower.start();
    await database.query('delete from entry where id = $1', [gone.uuid]);
    const { id, hex } = await enrol();
    await database.query('delete from change');
    await database.query('update feed set epoch = gen_random_uuid()');
    await node.follower.refresh();
    expect([await node.found(gone.hex), await node.found(hex)]).toEqual([[], [id]]);
  });

  it('is not matched against until it is loaded', async () => {
    await node.follower.start();
    const held = gate();
    node.hashes.holdPages = held.passed;
    const loading = new Promise<void>((resolve) => {
      node.hashes.read = resolve;
    });
    await database.query('update feed set epoch = gen_random_uuid()');
    const refreshed = node.follower.refresh();
    await loading;
    expect(() => node.follower.assertUsable()).toThrow(/still loading/);
    held.open();
    await refreshed;
    expect(() => node.follower.assertUsable()).not.toThrow();
  });
});

describe('an unreachable database', () => {
  const gone = new Error('the database is unreachable');

  it('is loaded from as soon as it answers, if a reload has failed meanwhile', async () => {
    const { hex, id } = await enrol();
    await node.follower.start();
    node.changes.failure = gone;
    await expect(node.follower.reload()).rejects.toThrow(gone.message);
    expect(() => node.follower.assertUsable()).toThrow(/still loading/);
    node.changes.failure = undefined;
    await node.follower.refresh();
    expect(() => node.follower.assertUsable()).not.toThrow();
    expect(await node.found(hex)).toEqual([id]);
  });

  it('is logged once, and once more when it is back', async () => {
    await node.follower.start();
    node.changes.failure = gone;
    await soon(() => expect(node.log.join()).toContain('answering from memory'));
    await expect(node.follower.refresh()).rejects.toThrow(gone);
    node.changes.failure = undefined;
    await soon(() => expect(node.log.slice(1)).toEqual([expect.stringContaining('from memory'), 'database reachable again']));
  });

  it('leaves the node usable until the index is too old', async () => {
    await node.follower.start();
    node.changes.failure = gone;
    expect(() => node.follower.assertUsable()).not.toThrow();
    // 15 minutes later.
    const now = performance.now.bind(performance);
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + 900_001);
    expect(() => node.follower.assertUsable()).toThrow(/index_unavailable: the index is \d+ ms old, the limit is 900000 ms/);
    node.changes.failure = undefined;
    await node.follower.refresh();
    expect(() => node.follower.assertUsable()).not.toThrow();
    clock.mockRestore();
  });

  it('loses neither an entry whose reading failed nor its version', async () => {
    await node.follower.start();
    const { hex, id } = await enrol();
    node.hashes.holdCurrent = failing(gone);
    await node.follower.refresh().catch(() => {});
    node.hashes.holdCurrent = undefined;
    await node.follower.refresh();
    expect(await node.found(hex)).toEqual([id]);
    expect(node.follower.freshness().version).toBe((await node.changes.now()).version);
  });
});

describe('reload', () => {
  it('loads once more when it is asked for during a load, and nothing is answered before', async () => {
    const held = gate();
    node.hashes.holdPages = held.passed;
    const loading = new Promise<void>((resolve) => {
      node.hashes.read = resolve;
    });
    const started = node.follower.start();
    await loading;
    const reloaded = node.follower.reload();
    const { hex, id } = await enrol();
    held.open();
    await started;
    expect(node.follower.ready).toBe(false);
    await reloaded;
    expect({ loads: node.follower.loads, found: await node.found(hex) }).toEqual({ loads: 2, found: [id] });
  });

  it('is done by a load that begins after it was asked for', async () => {
    await node.follower.start();
    const refreshed = node.follower.refresh();
    await Promise.all([refreshed, node.follower.reload(), node.follower.refresh()]);
    expect({ loads: node.follower.loads, ready: node.follower.ready }).toEqual({ loads: 2, ready: true });
  });
});

describe('close', () => {
  it('ends reading and answering', async () => {
    await node.follower.start();
    await node.follower.close();
    const { hex } = await enrol();
    await node.follower.refresh();
    expect(await node.follower.catchUp(1_000)).toBe(false);
    expect(await node.found(hex)).toEqual([]);
    expect(() => node.follower.assertUsable()).toThrow(/this node is stopping/);
  });
});

describe('applyEntries', () => {
  beforeEach(() => node.follower.start());

  it('applies an entry of this process without the feed', async () => {
    node.changes.failure = new Error('no feed today');
    const { hex, id, uuid } = await enrol();
    await node.follower.applyEntries([uuid]);
    expect(await node.found(hex)).toEqual([id]);
  });

  it('never brings back an entry that was withdrawn while it was read', async () => {
    const { hex, uuid } = await enrol();
    const held = gate();
    node.hashes.holdCurrent = held.passed;
    const reading = new Promise<void>((resolve) => {
      node.hashes.read = resolve;
    });
    const applied = node.follower.applyEntries([uuid]);
    await reading;
    await withdraw(stores, uuid, 'a mistake');
    const refreshed = node.follower.refresh();
    held.open();
    await Promise.all([applied, refreshed]);
    expect(await node.found(hex)).toEqual([]);
  });

  it('works again after a call that failed', async () => {
    const { hex, id, uuid } = await enrol();
    node.hashes.holdCurrent = failing(new Error('no'));
    await expect(node.follower.applyEntries([uuid])).rejects.toThrow('no');
    node.hashes.holdCurrent = undefined;
    await node.follower.applyEntries([uuid]);
    expect(await node.found(hex)).toEqual([id]);
  });
});
