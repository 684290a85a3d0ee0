import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import { type IndexWorkerPool, startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { Exports } from '../../../src/service/exports/exports.js';
import { CanaryStore } from '../../../src/store/canaries.js';
import { ExportEntryStore } from '../../../src/store/export-entries.js';
import { ExportStore } from '../../../src/store/exports.js';
import { randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash } from '../../support/own-database.js';
import { makeNode } from '../sync/follower-parts.js';

const own = await openOwnDatabase();
let workers: IndexWorkerPool;
beforeAll(async () => {
  workers = await startIndexWorkerPool(1);
});
afterAll(() => workers.close());

const request = {
  list: 'known',
  format: 'vigie',
  scheme: null,
  recipient: 'Police of Ghent',
  purpose: 'a test',
  ageKey: null,
  canaries: 2,
};

describe('a canary that another process makes', () => {
  it('is known to a node as soon as its index can match it, and to one that starts later', async () => {
    await own.stores.entries.create(newEntryOf([pdqHash(randomHash(randomFrom(4)))]), setup);
    const node = makeNode(own, workers);
    await node.follower.start();
    const { listCache } = node;
    const parts = { store: new ExportStore(own.database), entries: new ExportEntryStore(own.database), listCache };
    const exports = new Exports({ ...parts, follower: { refresh: async () => {} }, log: { warn() {} } });
    const { id } = await exports.ask(setup, request);
    await exports.confirm(setup, id);
    await node.follower.catchUp(5_000);
    const canaries = await new CanaryStore(own.database).all();
    expect(canaries.map(({ recipient }) => recipient)).toEqual(['Police of Ghent', 'Police of Ghent']);
    expect(canaries.map(({ entry }) => node.canaryWatch.has(entry))).toEqual([true, true]);
    expect(node.index.size).toBe(3);
    await node.follower.close();
    const later = makeNode(own, workers);
    await later.follower.start();
    expect(canaries.map(({ entry }) => later.canaryWatch.has(entry))).toEqual([true, true]);
    await later.follower.close();
  });
});
