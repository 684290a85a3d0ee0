/** Sets that tables find hard: is the slowest query no slower than twice the linear scan, and still exact? */
import { randomFrom, turnBits } from '../random.js';
import type { LinearScan, MultiIndex } from './contenders.js';
import { hashAt, heapOfNear, heapOfOneBand, type Work } from './data.js';
import { round, sameHits } from './measure.js';
import type { HeapResult } from './results.js';

const largestHeap = 100_000;
const queries = 20;
/** The best of these counts: a machine that does something else must not look like a slow query. */
const repetitions = 5;

const kinds = [
  { name: 'within 31 bits of one another', make: heapOfNear },
  { name: 'with one band in common', make: heapOfOneBand },
];

/** Puts a heap of each kind among the hashes of the shard that both engines search, and asks for members of it. */
export function measureHeaps(index: MultiIndex, scan: LinearScan, work: Work): HeapResult[] {
  const size = Math.min(largestHeap, work.count);
  return kinds.map(({ name, make }) => {
    const hashes = work.hashes.slice();
    make(hashes, size);
    index.fill(hashes);
    const random = randomFrom(5);
    let differences = 0;
    let slowest = { tables: 0, scan: 1 };
    for (let query = 0; query < queries; query++) {
      const bytes = hashAt(hashes, Math.floor(random() * size)).slice();
      turnBits(bytes, query % 8, random);
      const times = { tables: best(() => index.search(bytes, work.radius)), scan: best(() => scan.search(bytes, work.radius)) };
      if (times.tables / times.scan > slowest.tables / slowest.scan) slowest = times;
      if (!sameHits(index.search(bytes, work.radius), scan.search(bytes, work.radius))) differences++;
    }
    return { name, size, slowestUs: round(slowest.tables), scanUs: round(slowest.scan), differences };
  });
}

/** Microseconds of the fastest of several runs. */
function best(run: () => unknown): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const startedAt = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return fastest * 1_000;
}
