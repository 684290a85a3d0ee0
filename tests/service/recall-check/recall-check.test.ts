import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { setup } from '../../../src/domain/actor.js';
import type { Pdq } from '../../../src/domain/hash.js';
import type { Hit } from '../../../src/domain/verdict.js';
import { startIndexWorkerPool } from '../../../src/index/worker-pool.js';
import { QuerySample } from '../../../src/service/recall-check/query-sample.js';
import { RecallCheck } from '../../../src/service/recall-check/recall-check.js';
import { flipBits, randomFrom, randomHash } from '../../support/images.js';
import { newEntryOf, openOwnDatabase, pdqHash, uuidOf, withdraw } from '../../support/own-database.js';
import { draft } from '../../support/standing.js';
import { gate, makeNode, type Node } from '../sync/follower-parts.js';

const own = await openOwnDatabase();
const { database, stores } = own;
const workers = await startIndexWorkerPool(1);
afterAll(() => workers.close());
const random = randomFrom(73);

let node: Node;
let recallCheck: RecallCheck;
let output: string;

beforeAll(async () => {
  const hexes = Array.from({ length: 300 }, () => randomHash(random));
  await stores.entries.createMany(
    hexes.map((hex) => newEntryOf([pdqHash(hex), pdqHash(hex, { algorithm: 'blockhash' })])),
    setup,
  );
});

beforeEach(async () => {
  node = makeNode(own, workers);
  output = '';
  recallCheck = recallCheckOf(random);
  await node.follower.start();
});
afterEach(() => node.follower.close());

function recallCheckOf(draws: () => number): RecallCheck {
  const lines = new Writable({
    write(chunk: Buffer, _, done) {
      output += chunk.toString();
      done();
    },
  });
  return new RecallCheck({ ...node, log: pino(lines), random: draws });
}

async function enrol(hex = randomHash(random)): Promise<{ hex: string; id: string; uuid: string }> {
  const id = (await stores.entries.create(newEntryOf([pdqHash(hex)]), setup))?.entry.id ?? '';
  return { hex, id, uuid: uuidOf(id) };
}

/** A stored PDQ hash with no other hash near it. */
async function stored() {
  const entry = await enrol();
  await node.follower.refresh();
  const [hit] = (await node.index.search('pdq', [entry.hex], 0))[0] ?? [];
  return { ...entry, ordinal: hit?.ordinal ?? 0, question: { kind: 'pdq', hex: flipBits(entry.hex, 20, random) } as const };
}

/** The index answers wrongly until it is loaded again. */
function sabotage(change: (hits: Hit[]) => Hit[]): void {
  const { index } = node;
  const { search, load } = index;
  index.search = async (...parameters) => (await search.apply(index, parameters)).map(change);
  index.load = async (...parameters) => {
    index.search = search;
    return load.apply(index, parameters);
  };
}

/** One run of the background job about this question, with no bit flipped. */
async function askAbout(question: { kind: 'pdq'; hex: string }): Promise<void> {
  vi.spyOn(node.hashes, 'draw').mockResolvedValue([question]);
  await recallCheckOf(() => 0).askOne();
}

const right = { missed: 0, extra: 0, altered: 0, undecided: 0 };

describe('askMany', () => {
  it('finds no difference in a correct index', async () => {
    const advance = vi.fn();
    expect(await recallCheck.askMany(60, advance)).toEqual({ queries: 60, ...right });
    expect({ calls: advance.mock.calls.length, asked: recallCheck.asked, failed: recallCheck.failed, output }).toEqual({
      calls: 60,
      asked: 60,
      failed: 0,
      output: '',
    });
  });

  it('asks about both perceptual algorithms, and every question has hits', async () => {
    const search = vi.spyOn(node.index, 'search');
    await recallCheck.askMany(40, () => {});
    expect(new Set(search.mock.calls.map(([algorithm]) => algorithm))).toEqual(new Set(['pdq', 'blockhash']));
    const answers = await Promise.all(search.mock.results.map(({ value }) => value as Promise<Hit[][]>));
    expect(answers.every(([hits]) => hits && hits.length > 0)).toBe(true);
  });

  it('asks within 31 bits, or within the widest threshold of any list', async () => {
    const search = vi.spyOn(node.index, 'search');
    await recallCheck.askMany(1, () => {});
    await stores.lists.update('known', setup, (list) => ({
      ...list,
      thresholds: { pdq: { tight: 31, wide: 40 }, blockhash: 40 },
    }));
    await node.follower.refresh();
    await recallCheck.askMany(1, () => {});
    expect(search.mock.calls.map(([, , radius]) => radius)).toEqual([31, 40]);
    await stores.lists.update('known', setup, (list) => ({
      ...list,
      thresholds: { pdq: { tight: 20, wide: 31 }, blockhash: 10 },
    }));
  });

  it('counts what a wrong index misses', async () => {
    sabotage((hits) => hits.slice(1));
    const summary = await recallCheck.askMany(10, () => {});
    expect(summary.queries).toBe(10);
    expect(summary.missed).toBeGreaterThanOrEqual(10);
    expect(recallCheck.failed).toBe(10);
  });
});

describe('ask', () => {
  it('logs the ordinal and the entry of a missing hash, and no hash', async () => {
    const { hex, id, ordinal, question } = await stored();
    node.index.remove([ordinal]);
    expect(await recallCheck.ask(question)).toMatchObject({ missed: [{ ordinal, entry: { id } }], extra: [], altered: [] });
    expect(JSON.parse(output)).toMatchObject({ level: 50, missed: 1, extra: 0, altered: 0, ordinals: [ordinal], entries: [id] });
    expect(output).not.toContain(hex);
    expect(output).not.toContain(question.hex);
  });

  it('notices a withdrawn entry that the index still finds', async () => {
    const { id, uuid, question } = await stored();
    await node.follower.refresh();
    // Withdrawn without a change in the feed.
    await database.query("update entry set status = 'withdrawn' where id = $1", [uuid]);
    expect(await recallCheck.ask(question)).toMatchObject({ missed: [], extra: [{ entry: { id } }] });
  });

  it('notices an entry with other facts', async () => {
    const { question } = await stored();
    sabotage((hits) => hits.map((hit) => ({ ...hit, entry: { ...hit.entry, standing: draft } })));
    expect(await recallCheck.ask(question)).toMatchObject({ missed: [], extra: [], altered: [{}] });
  });

  it('reports no entry that was enrolled or withdrawn after the exact answer', async () => {
    const { uuid, hex, question } = await stored();
    const { withinAt } = node.hashes;
    const between = vi.spyOn(node.hashes, 'withinAt').mockImplementationOnce(async (...parameters) => {
      const exact = await withinAt.apply(node.hashes, parameters);
      await withdraw(stores, uuid, 'a mistake');
      await enrol(flipBits(hex, 3, random));
      return exact;
    });
    expect(await recallCheck.ask(question)).toEqual({ missed: [], extra: [], altered: [] });
    expect(between).toHaveBeenCalledTimes(2);
  });

  it('notices a miss beside an entry that changed after the exact answer', async () => {
    const { hex, ordinal, question } = await stored();
    const { withinAt } = node.hashes;
    vi.spyOn(node.hashes, 'withinAt').mockImplementationOnce(async (...parameters) => {
      const exact = await withinAt.apply(node.hashes, parameters);
      await enrol(flipBits(hex, 3, random));
      return exact;
    });
    node.index.remove([ordinal]);
    expect(await recallCheck.ask(question)).toMatchObject({ missed: [{ ordinal }], extra: [] });
  });

  it('is undecided when the entries keep changing', async () => {
    const { hex, question } = await stored();
    const { withinAt } = node.hashes;
    vi.spyOn(node.hashes, 'withinAt').mockImplementation(async (...parameters) => {
      const exact = await withinAt.apply(node.hashes, parameters);
      await enrol(flipBits(hex, 3, random));
      return exact;
    });
    expect([await recallCheck.ask(question), recallCheck.undecided, recallCheck.failed]).toEqual(['undecided', 1, 0]);
  });

  it('does not compare across a load', async () => {
    const { question } = await stored();
    const { search } = node.index;
    const spy = vi.spyOn(node.index, 'search').mockImplementationOnce(async (...parameters) => {
      const found = await search.apply(node.index, parameters);
      await node.follower.reload();
      return found.map(() => []);
    });
    expect(await recallCheck.ask(question)).toEqual({ missed: [], extra: [], altered: [] });
    expect(spy).toHaveBeenCalledTimes(2);
  });
});

describe('a recall check while entries are enrolled and withdrawn', () => {
  it('gives no false alarm, and the index is correct in the end', async () => {
    const { hex } = await stored();
    const enrolled: string[] = [];
    const write = async (turns: number) => {
      for (let turn = 0; turn < turns; turn++) {
        const { uuid } = await enrol(flipBits(hex, 1 + Math.floor(random() * 20), random));
        enrolled.push(uuid);
        const [first] = enrolled.length > 5 ? enrolled.splice(0, 1) : [];
        if (first) await withdraw(stores, first, 'a mistake');
      }
    };
    // Among endless writes a question may never be decided.
    for (let round = 0; round < 40; round++)
      await Promise.all([write(1 + Math.floor(random() * 5)), recallCheck.ask({ kind: 'pdq', hex: flipBits(hex, 5, random) })]);
    expect({ failed: recallCheck.failed, output }).toEqual({ failed: 0, output: '' });
    expect(recallCheck.asked).toBeGreaterThan(0);
    expect(await recallCheck.ask({ kind: 'pdq', hex })).toEqual({ missed: [], extra: [], altered: [] });
  });
});

describe('the background job', () => {
  it('rebuilds a wrong index; the node is not ready meanwhile', async () => {
    const { hex, id, ordinal, question } = await stored();
    node.index.remove([ordinal]);
    const held = gate();
    node.hashes.holdPages = held.passed;
    const loading = new Promise<void>((resolve) => {
      node.hashes.read = resolve;
    });
    const asked = askAbout(question);
    await loading;
    expect(node.follower.ready).toBe(false);
    expect(() => node.follower.assertUsable()).toThrow(/index_unavailable/);
    held.open();
    await asked;
    expect(() => node.follower.assertUsable()).not.toThrow();
    expect({ loads: node.follower.loads, found: await node.found(hex) }).toEqual({ loads: 2, found: [id] });
  });

  it('rebuilds an index whose search drops a hit', async () => {
    const { hex, id, question } = await stored();
    sabotage((hits) => hits.slice(1));
    expect(await node.found(hex)).toEqual([]);
    await askAbout(question);
    expect(await node.found(hex)).toEqual([id]);
    expect(output).toContain('the index was rebuilt and is right again');
  });

  it('asks about the hash of a caller, once', async () => {
    const { hex } = await stored();
    const recentQueries = new QuerySample(() => 0);
    recentQueries.offer([{ value: hex as Pdq }]);
    const draw = vi.spyOn(node.hashes, 'draw').mockResolvedValue([]);
    const search = vi.spyOn(node.index, 'search');
    const asking = new RecallCheck({ ...node, log: pino({ level: 'silent' }), recentQueries, random: () => 0 });
    await asking.askOne();
    await asking.askOne();
    expect(search.mock.calls).toEqual([['pdq', [hex], 31]]);
    expect(draw).toHaveBeenCalledTimes(1);
  });

  it('does not rebuild a correct index', async () => {
    const { question } = await stored();
    await askAbout(question);
    expect(node.follower.loads).toBe(1);
  });

  it('logs an error when the rebuilt index is still wrong', async () => {
    const { question } = await stored();
    const { index } = node;
    const { search } = index;
    index.search = async (...parameters) => (await search.apply(index, parameters)).map((hits) => hits.slice(1));
    await askAbout(question);
    expect(output).toContain('the rebuilt index may still be wrong');
  });

  describe('while a difference stays', () => {
    const minute = 60_000;
    let now: number;
    let check: RecallCheck;
    beforeEach(async () => {
      const { question } = await stored();
      const { index } = node;
      const { search } = index;
      index.search = async (...parameters) => (await search.apply(index, parameters)).map((hits) => hits.slice(1));
      vi.spyOn(node.hashes, 'draw').mockResolvedValue([question]);
      now = 0;
      check = new RecallCheck({ ...node, log: pino({ level: 'silent' }), random: () => 0, now: () => now });
    });

    /** In minutes. */
    async function rebuildsBetween(start: number, end: number): Promise<number[]> {
      const rebuiltAt: number[] = [];
      for (now = start * minute; now <= end * minute; now += minute / 2) {
        const { loads } = node.follower;
        await check.askOne();
        if (node.follower.loads > loads) rebuiltAt.push(now / minute);
      }
      return rebuiltAt;
    }

    it('rebuilds ever more rarely, and keeps answering', async () => {
      expect(await rebuildsBetween(0, 8)).toEqual([0, 1, 3, 7]);
      expect([check.differs, node.follower.ready]).toEqual([true, true]);
    });

    it('starts over after a calm hour', async () => {
      await rebuildsBetween(0, 8);
      expect(await rebuildsBetween(100, 104)).toEqual([100, 101, 103]);
    });
  });

  it('asks nothing while the node is not ready', async () => {
    await node.follower.close();
    node = makeNode(own, workers);
    const draw = vi.spyOn(node.hashes, 'draw');
    await recallCheckOf(random).askOne();
    expect(draw).not.toHaveBeenCalled();
  });
});
