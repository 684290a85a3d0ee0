import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countBits, randomHashes } from '../../bench/random.js';
import { hitsKeptPerKind, uncappedHits } from '../../src/index/heap-cap.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { type IndexWorkerPool, startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { pageOf, pdqEntry } from './entries.js';

let workers: IndexWorkerPool;

beforeAll(async () => {
  workers = await startIndexWorkerPool(2);
});

afterAll(() => workers.close());

/** Ordinals and distances, by comparing everything. */
function near(hashes: ReadonlyMap<number, string>, query: string, radius: number): [number, number][] {
  const wanted = Buffer.from(query, 'hex');
  const close: [number, number][] = [];
  for (const [ordinal, hex] of hashes) {
    const bits = distance(Buffer.from(hex, 'hex'), wanted);
    if (bits <= radius) close.push([ordinal, bits]);
  }
  return close.sort((a, b) => a[0] - b[0]);
}

/** As `hammingDistance`, on bytes: seven million comparisons here take 3 s instead of 9. */
function distance(a: Buffer, b: Buffer): number {
  let bits = 0;
  for (let at = 0; at < a.length; at += 4) bits += countBits(a.readInt32LE(at) ^ b.readInt32LE(at));
  return bits;
}

async function found(index: MemoryIndex, query: string, radius: number): Promise<[number, number][]> {
  const [hits = []] = await index.search('pdq', [query], radius);
  return hits.map(({ ordinal, distance }): [number, number] => [ordinal, distance]).sort((a, b) => a[0] - b[0]);
}

/** Of a heap only the nearest hits need be the same. */
function expectSame(actual: readonly [number, number][], all: readonly [number, number][]): void {
  if (all.length <= uncappedHits) {
    expect(actual).toEqual(all);
    return;
  }
  const distances = (hits: readonly [number, number][]) => hits.map(([, distance]) => distance).sort((a, b) => a - b);
  expect(actual.length).toBeGreaterThanOrEqual(hitsKeptPerKind);
  expect(distances(actual)).toEqual(distances(all).slice(0, actual.length));
  expect(new Map(all)).toEqual(new Map([...all, ...actual]));
}

/** As many calls of `randomHash`, ten times as fast. */
function uniform(random: () => number, count: number): string[] {
  const bytes = Buffer.from(randomHashes(count, random).buffer);
  return Array.from({ length: count }, (_, at) => bytes.toString('hex', at * 32, at * 32 + 32));
}

const sets: [string, (random: () => number, count: number) => string[]][] = [
  ['uniform', uniform],
  [
    'clustered',
    (random, count) => {
      const centres = Array.from({ length: 50 }, () => randomHash(random));
      return Array.from({ length: count }, (_, at) => flipBits(centres[at % 50] ?? '', Math.floor(random() * 40), random));
    },
  ],
  [
    'of three copies',
    (random, count) => Array.from({ length: count }, (_, at) => randomHash(randomFrom(at % Math.ceil(count / 3)) ?? random)),
  ],
  [
    'all within 31 of one another',
    (random, count) => {
      const centre = randomHash(random);
      return Array.from({ length: count }, () => flipBits(centre, Math.floor(random() * 16), random));
    },
  ],
  [
    'sharing half of their bands',
    (random, count) => {
      const half = randomHash(random).slice(0, 32);
      return Array.from({ length: count }, () => half + randomHash(random).slice(32));
    },
  ],
];

describe.each(sets)('a loaded index of hashes %s', (_name, make) => {
  const random = randomFrom(7);
  const hashes = new Map(make(random, 12_000).map((hex, at) => [at + 1, hex]));
  let index: MemoryIndex;

  beforeAll(async () => {
    index = new MemoryIndex(workers);
    await index.load(pageOf([...hashes].map(([ordinal, hex]) => pdqEntry(ordinal, hex))), hashes.size);
  });
  afterAll(() => index.close());

  it.each([0, 7, 15, 16, 31, 32, 47, 63])('finds what comparing everything finds within %i bits', async (radius) => {
    for (let query = 0; query < 6; query++) {
      const base = query % 2 ? randomHash(random) : (hashes.get(1 + Math.floor(random() * hashes.size)) ?? '');
      const turned = flipBits(base, Math.floor(random() * (radius + 2)), random);
      expectSame(await found(index, turned, radius), near(hashes, turned, radius));
    }
  });
});

describe.each(sets)('an index of hashes %s, through merges', (_name, make) => {
  it('finds what comparing everything finds, within any radius', async () => {
    const random = randomFrom(37);
    const hashes = new Map<number, string>();
    const index = new MemoryIndex(workers, (error) => {
      throw error;
    });
    // A third is removed again, so that rows are reused.
    for (const [at, hex] of make(random, 60_000).entries()) {
      const ordinal = at + 1;
      hashes.set(ordinal, hex);
      index.add(pdqEntry(ordinal, hex));
      if (at % 3 === 2) {
        index.remove([ordinal - 1]);
        hashes.delete(ordinal - 1);
      }
      if (at % 1_000 === 0) await index.drained();
    }
    expect(index.compactions.begun).toBeGreaterThan(0);
    for (let query = 0; query < 12; query++) {
      const radius = Math.floor(random() * 64);
      const base = query % 2 ? randomHash(random) : ([...hashes.values()][Math.floor(random() * hashes.size)] ?? '');
      const turned = flipBits(base, Math.floor(random() * (radius + 2)), random);
      expectSame(await found(index, turned, radius), near(hashes, turned, radius));
    }
    await index.close();
  });
});

describe('an index through additions, removals and compactions', () => {
  it('always finds what comparing everything finds', async () => {
    const random = randomFrom(11);
    const index = new MemoryIndex(workers, (error) => {
      throw error;
    });
    const hashes = new Map<number, string>();
    let ordinal = 0;
    const grow = (count: number) => {
      for (let at = 0; at < count; at++) {
        const known = hashes.get(1 + Math.floor(random() * Math.max(1, ordinal)));
        const hex = known && random() < 0.2 ? flipBits(known, 5, random) : randomHash(random);
        hashes.set(++ordinal, hex);
        index.add(pdqEntry(ordinal, hex));
      }
    };
    const shrink = (count: number) => {
      const gone = [...hashes.keys()].filter(() => random() < count / hashes.size);
      for (const one of gone) hashes.delete(one);
      index.remove(gone);
    };
    const check = async () => {
      const queries = Array.from({ length: 4 }, (_, at) =>
        flipBits([...hashes.values()][at * 97] ?? randomHash(random), 6, random),
      );
      for (const query of queries) expect(await found(index, query, 31)).toEqual(near(hashes, query, 31));
    };
    for (let round = 0; round < 8; round++) {
      grow(9_000);
      await check();
      shrink(4_000);
      await check();
      await index.drained();
    }
    expect(index.size).toBe(hashes.size);
    await index.close();
  });

  it('finds every hash that was added while a compaction began', async () => {
    const random = randomFrom(17);
    let compactions = 0;
    const counted: IndexWorkerPool = {
      ...workers,
      async compact(task) {
        await workers.compact(task);
        compactions++;
      },
    };
    const index = new MemoryIndex(counted);
    const hashes: string[] = [];
    while (compactions < 3) {
      const fresh = uniform(random, 1_000);
      for (const hex of fresh) index.add(pdqEntry(hashes.push(hex), hex));
      await index.search('pdq', fresh.slice(0, 64), 0);
    }
    const missing: number[] = [];
    for (let first = 0; first < hashes.length; first += 1_000) {
      const answers = await index.search('pdq', hashes.slice(first, first + 1_000), 0);
      missing.push(...answers.flatMap((hits, at) => (hits.length === 1 ? [] : [first + at + 1])));
    }
    expect(missing).toEqual([]);
    await index.close();
  });

  it('compacts again after a failure, even without further changes', async () => {
    const random = randomFrom(41);
    let failures = 1;
    const failing: IndexWorkerPool = {
      ...workers,
      async compact(task) {
        if (failures-- > 0) throw new Error('the worker is lost');
        await workers.compact(task);
      },
    };
    const errors: unknown[] = [];
    const index = new MemoryIndex(failing, (error) => errors.push(error));
    const hashes = uniform(random, 20_000);
    for (const [at, hex] of hashes.entries()) index.add(pdqEntry(at + 1, hex));
    await expect.poll(() => index.compactions.ended, { timeout: 20_000 }).toBeGreaterThan(0);
    expect(errors).toHaveLength(1);
    const answers = await index.search('pdq', hashes.slice(0, 500), 0);
    expect(answers.filter((hits) => hits.length !== 1)).toEqual([]);
    await index.close();
  });

  it('reuses its memories when it loads again', async () => {
    const random = randomFrom(13);
    const index = new MemoryIndex(workers);
    const first = pdqEntry(1, randomHash(random));
    const second = pdqEntry(1, randomHash(random));
    await index.load(pageOf([first]), 1);
    await index.load(pageOf([second]), 2);
    expect(await found(index, Buffer.from(first.hashes[0]?.value ?? []).toString('hex'), 31)).toEqual([]);
    expect(await found(index, Buffer.from(second.hashes[0]?.value ?? []).toString('hex'), 31)).toEqual([[1, 0]]);
    await index.close();
  });
});
