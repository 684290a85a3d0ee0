import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hitsKeptPerKind, uncappedHits } from '../../src/index/heap-cap.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { flipBits, randomFrom, randomHash } from '../support/images.js';
import { pageOf, pdqEntry } from './entries.js';

const workers = await startIndexWorkerPool(2);
const random = randomFrom(29);
/** More than the arguments of a call, and than one answer of a worker. */
const many = 200_000;
const centre = randomHash(random);
const index = new MemoryIndex(workers);
const furthest = { ...pdqEntry(many + 1, flipBits(centre, 31, random)), list: 'another' };

beforeAll(async () => {
  const heap = Array.from({ length: many }, (_, at) => pdqEntry(at + 1, flipBits(centre, at % 16, random)));
  await index.load(pageOf([...heap, furthest]), many + 1);
});
afterAll(async () => {
  await index.close();
  await workers.close();
});

describe('a heap of near-identical hashes', () => {
  it('gives its nearest hits and hides no hit of another list', async () => {
    const [hits = []] = await index.search('pdq', [centre], 31);
    expect(hits.find(({ entry }) => entry.list === 'another')).toMatchObject({ ordinal: many + 1, distance: 31 });
    const ofHeap = hits.filter(({ entry }) => entry.list !== 'another');
    expect(ofHeap.length).toBeGreaterThanOrEqual(hitsKeptPerKind);
    expect(ofHeap.length).toBeLessThanOrEqual(uncappedHits);
    expect(new Set(ofHeap.map(({ distance }) => distance))).toEqual(new Set([0]));
  });

  it('does not mix up the answers of a batch', async () => {
    const queries = Array.from({ length: 40 }, (_, at) => (at % 2 ? centre : randomHash(random)));
    const answers = await index.search('pdq', queries, 31);
    const names = answers.map((hits) => hits.some(({ ordinal }) => ordinal === many + 1));
    expect(names).toEqual(queries.map((_, at) => at % 2 === 1));
  });
});
