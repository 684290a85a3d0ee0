import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { layoutOf } from '../../native-free-workers/shards/shard-layout.js';
import { createShard } from '../../native-free-workers/shards/shard-memory.js';
import { VigieError } from '../../src/domain/errors.js';
import { hitsKeptPerKind } from '../../src/index/heap-cap.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { pdqEntry } from './entries.js';

const workers = await startIndexWorkerPool(3);
afterAll(() => workers.close());

const random = randomFrom(3);
/** So many that every search runs in a worker. */
const many = 70_000;
const background = Array.from({ length: many }, () => randomHash(random));

function filled(): MemoryIndex {
  const index = new MemoryIndex(workers);
  for (const [at, hex] of background.entries()) index.add(pdqEntry(at + 1, hex));
  return index;
}

describe('searches in worker threads', () => {
  const index = filled();

  it('find each of 100 edited hashes, in the order of the queries', async () => {
    const wanted = Array.from({ length: 100 }, (_, at) => at * 613);
    const queries = wanted.map((at) => flipBits(background[at] ?? '', 31, random));
    const answers = await index.search('pdq', queries, 31);
    expect(answers.map((hits) => hits.map(({ ordinal, distance }) => [ordinal, distance]))).toEqual(
      wanted.map((at) => [[at + 1, 31]]),
    );
  });

  it('find a hash that was added just before', async () => {
    const fresh = randomHash(random);
    index.add(pdqEntry(many + 1, fresh));
    expect((await index.search('pdq', [fresh], 31))[0]).toMatchObject([{ ordinal: many + 1, distance: 0 }]);
  });

  it('give the nearest of more hits than the scratch holds', async () => {
    const copies = new MemoryIndex(workers);
    for (let number = 1; number <= many; number++) copies.add(pdqEntry(number, background[0] ?? ''));
    const [hits = []] = await copies.search('pdq', [background[0] ?? ''], 0);
    expect(hits.length).toBeGreaterThanOrEqual(hitsKeptPerKind);
    expect(new Set(hits.map(({ ordinal }) => ordinal)).size).toBe(hits.length);
  });
});

describe('a search whose answer is read late', () => {
  it('finds a hash that was there all the time, however much is added meanwhile', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const slow: typeof workers = {
      ...workers,
      async search(task) {
        const answer = await workers.search(task);
        await held;
        return answer;
      },
    };
    const index = new MemoryIndex(slow);
    for (const [at, hex] of background.entries()) index.add(pdqEntry(at + 1, hex));
    await index.drained();
    const wanted = randomHash(random);
    index.add(pdqEntry(many + 1, wanted));
    const searching = index.search('pdq', Array(200).fill(wanted), 31);
    for (let ordinal = many + 2, waited = 0; waited < 400; waited++) {
      for (let at = 0; at < 400 && !index.isBehind; at++) index.add(pdqEntry(ordinal++, randomHash(random)));
      await setImmediate();
    }
    release();
    expect((await searching).map((hits) => hits.length)).toEqual(Array(200).fill(1));
    await index.close();
  });
});

describe('searches while the main thread writes', () => {
  it('find all hashes that were there when they began, and none outside the radius', async () => {
    const index = filled();
    const wanted = Array.from({ length: 60 }, (_, at) => at * 997);
    const searches = wanted.map(async (at) => {
      // Between two writes.
      for (let turn = 0; turn < at % 20; turn++) await setImmediate();
      return (await index.search('pdq', [flipBits(background[at] ?? '', 20, random)], 24))[0] ?? [];
    });
    let done = false;
    const all = Promise.all(searches).finally(() => {
      done = true;
    });
    for (let number = many + 1; !done; await setImmediate()) {
      for (let added = 0; added < 500 && number < 400_000; added++) index.add(pdqEntry(number++, randomHash(random)));
    }
    expect((await all).map((hits) => hits.map(({ ordinal, distance }) => [ordinal, distance]))).toEqual(
      wanted.map((at) => [[at + 1, 20]]),
    );
  });

  it('never take a reused place for its earlier hash', async () => {
    const index = filled();
    const first = background[0] ?? '';
    let number = many;
    // The same place holds the query's hash in every other turn.
    const answers: Promise<{ asked: number; found: (number | string)[] }>[] = [];
    for (let turn = 0; turn < 200; turn++) {
      index.remove([number === many ? 1 : number]);
      number++;
      index.add(pdqEntry(number, turn % 2 === 0 ? randomHash(random) : first));
      const asked = number;
      answers.push(
        Promise.resolve(index.search('pdq', [first], 0)).then(([hits = []]) => ({
          asked,
          found: hits.flatMap(({ ordinal, distance }) => [ordinal, distance]),
        })),
      );
      if (turn % 8 === 0) await setImmediate();
    }
    for (const { asked, found } of await Promise.all(answers)) {
      const [ordinal, distance] = found;
      // A hit must come from a later turn in which the hash was equal.
      if (ordinal === undefined) continue;
      expect({ distance, later: Number(ordinal) >= asked, equal: (Number(ordinal) - many - 1) % 2 }).toEqual({
        distance: 0,
        later: true,
        equal: 1,
      });
    }
  });
});

describe('the worker pool', () => {
  it.each([0, 1, 32 * 1_024, 32 * 1_024 + 1, 300_000])('computes the digests of %i bytes', async (length) => {
    const bytes = Uint8Array.from({ length }, () => random() * 256);
    const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex');
    const expected = { md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256') };
    expect(await workers.digests(bytes)).toEqual(expected);
  });

  it('moves a large body to the worker that digests it', async () => {
    const bytes = new Uint8Array(200_000);
    await workers.digests(bytes);
    expect(bytes.length).toBe(0);
  });

  it('does not change a buffer of which the body is a part', async () => {
    const whole = new Uint8Array(200_000).fill(7);
    await workers.digests(whole.subarray(100_000));
    expect(whole[199_999]).toBe(7);
  });

  it('refuses searches once 1 024 are waiting', async () => {
    const task = { shard: createShard(1_000, layoutOf(64, 64)), queries: new Uint8Array(32), radius: 0 };
    const settled = await Promise.allSettled(Array.from({ length: 1_100 }, () => workers.search(task)));
    const refused = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.every((reason) => reason instanceof VigieError && reason.code === 'overloaded')).toBe(true);
  });
});
