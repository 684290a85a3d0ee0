import { beforeEach, describe, expect, it } from 'vitest';
import { VigieError } from '../../../src/domain/errors.js';
import { latencyBounds } from '../../../src/domain/latency.js';
import { NodeReports, type Refusals, type Traffic } from '../../../src/service/operations/node-reports.js';
import { trafficSeries } from '../../../src/service/operations/traffic.js';
import { NodeStore } from '../../../src/store/nodes.js';
import { openOwnDatabase } from '../../support/own-database.js';

const { database } = await openOwnDatabase();
const store = new NodeStore(database);
const minute = 60_000;
const begin = Math.floor(Date.now() / (60 * minute)) * 60 * minute;
const state = {
  why: null,
  leads: true,
  indexHashes: 3,
  indexAgeMs: 12.5,
  imagesQueued: 0,
  searchesQueued: 1,
  verdictsPending: 2,
  anchorAgeSeconds: 4.5,
  probingAlerts: 1,
  limitedKeys: 0,
  canaryMatches: 0,
};

/** A server whose numbers the test sets. */
class Measured {
  now = begin;
  requests = 0;
  removed = 0;
  refusals = new Map<string, Refusals>();

  state = () => state;
  traffic = (): Traffic => ({
    requests: this.requests,
    tooMany: 0,
    unavailable: 0,
    verdicts: { remove: this.removed },
    latency: Array.from({ length: latencyBounds.length + 1 }, (_, at) => (at === 4 ? this.removed : 0)),
  });
  takeRefusals = () => {
    const taken = this.refusals;
    this.refusals = new Map();
    return taken;
  };
}

function nodeNamed(name: string, of: Pick<NodeStore, 'report' | 'forget' | 'prune'> = store) {
  const measured = new Measured();
  const reports = new NodeReports(name, of, () => measured.now);
  reports.attach(measured);
  return { measured, reports };
}

const pointsAt = async (now: number, hours = 1) => (await trafficSeries(store, hours, now)).points;

beforeEach(async () => {
  await database.query('delete from node_traffic');
  await database.query('delete from node_state');
  await database.query('delete from key_refusal');
});

describe('a node', () => {
  it('shows how it is until it stops', async () => {
    const { reports } = nodeNamed('one');
    await reports.report();
    expect(await store.nodes()).toEqual([
      { node: 'one', ...state, startedAt: expect.any(Date), seenAt: expect.any(Date), isAlive: true },
    ]);
    await reports.close();
    expect(await store.nodes()).toEqual([]);
  });

  it('that says nothing for a minute is not alive, and after a day it is gone', async () => {
    await nodeNamed('one').reports.report();
    await database.query("update node_state set seen_at = seen_at - interval '61 seconds'");
    expect(await store.nodes()).toMatchObject([{ node: 'one', isAlive: false }]);
    await database.query("update node_state set seen_at = seen_at - interval '1 day'");
    expect(await store.nodes()).toEqual([]);
    await store.prune();
    expect(await database.query('select from node_state')).toEqual([]);
  });

  it('that is only a command reports nothing', async () => {
    const command = new NodeReports('command', store);
    await command.report();
    await command.close();
    expect(await store.nodes()).toEqual([]);
  });
});

describe('the traffic', () => {
  it('of a minute is what came since the minute before', async () => {
    const { measured, reports } = nodeNamed('one');
    [measured.requests, measured.removed] = [5, 2];
    await reports.report();
    measured.requests = 7;
    await reports.report();
    measured.now += minute;
    await reports.report();
    [measured.requests, measured.removed] = [10, 3];
    await reports.report();
    const points = await pointsAt(measured.now);
    expect(points.slice(-2)).toMatchObject([
      { at: new Date(begin).toISOString(), requests: 7, verdicts: { remove: 2 }, p50Ms: 7.5 },
      { requests: 3, verdicts: { remove: 1 } },
    ]);
  });

  it('of all nodes is added up', async () => {
    for (const name of ['one', 'two']) {
      const { measured, reports } = nodeNamed(name);
      [measured.requests, measured.removed] = [5, 2];
      await reports.report();
    }
    expect((await pointsAt(begin)).at(-1)).toMatchObject({ requests: 10, verdicts: { remove: 4 } });
  });

  it('of minutes without the database comes later, each in its minute', async () => {
    let isAway = true;
    const report: NodeStore['report'] = async (...told) => {
      if (isAway) throw new VigieError('database_unavailable', 'away');
      await store.report(...told);
    };
    const { measured, reports } = nodeNamed('one', { report, forget: async () => {}, prune: async () => {} });
    measured.refusals.set('testplatform', { tooMany: 2, unavailable: 0 });
    for (const requests of [5, 9]) {
      measured.requests = requests;
      measured.now += minute;
      await expect(reports.report()).rejects.toThrow('away');
    }
    measured.refusals.set('testplatform', { tooMany: 1, unavailable: 4 });
    isAway = false;
    await reports.report();
    const points = (await pointsAt(measured.now)).slice(-3);
    expect(points.map(({ requests }) => requests)).toEqual([5, 4, 0]);
    expect(await store.refusals(50)).toEqual([{ key: 'testplatform', organisation: 'tests', tooMany: 3, unavailable: 4 }]);
  });

  it.each([
    [1, 60, 60],
    [24, 300, 288],
    [25, 300, 300],
    [168, 2_040, 297],
  ])('of %i hours has steps of %i s and %i points', async (hours, step, count) => {
    const { stepSeconds, points } = await trafficSeries(store, hours, begin + 1);
    expect([stepSeconds, points.length]).toEqual([step, count]);
    expect(new Set(points.map(({ requests, p99Ms }) => `${requests} ${p99Ms}`))).toEqual(new Set(['0 null']));
    expect(Date.parse(points.at(-1)?.at ?? '')).toBeLessThanOrEqual(begin + 1);
    expect(Date.parse(points.at(-1)?.at ?? '') + step * 1_000).toBeGreaterThan(begin + 1);
  });

  it('older than a week is deleted', async () => {
    const { measured, reports } = nodeNamed('one');
    measured.requests = 1;
    await reports.report();
    await store.prune();
    expect(await database.query('select from node_traffic')).toHaveLength(1);
    await database.query("update node_traffic set at = at - interval '8 days'");
    await store.prune();
    expect(await database.query('select from node_traffic')).toEqual([]);
  });
});

describe('the refusals', () => {
  it('of a day come by key, most first', async () => {
    const { measured, reports } = nodeNamed('one');
    measured.refusals.set('testplatform', { tooMany: 1, unavailable: 1 });
    measured.refusals.set('testanalyst0', { tooMany: 5, unavailable: 0 });
    measured.refusals.set('unknown', { tooMany: 9, unavailable: 0 });
    await reports.report();
    expect(await store.refusals(50)).toEqual([
      { key: 'testanalyst0', organisation: 'tests', tooMany: 5, unavailable: 0 },
      { key: 'testplatform', organisation: 'tests', tooMany: 1, unavailable: 1 },
    ]);
    expect(await store.refusals(1)).toHaveLength(1);
    await database.query("update key_refusal set hour = hour - interval '1 day'");
    expect(await store.refusals(50)).toEqual([]);
  });
});
