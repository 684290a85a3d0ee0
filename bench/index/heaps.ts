/** Hashes that are hard for the tables. The slowest query must be exact and take at most twice the time of a linear scan. */
import { flipBitsInPlace, randomFrom } from '../random.js';
import type { LinearScan, MultiIndex } from './contenders.js';
import { round, sameHits } from './measure.js';
import type { HeapResult } from './results.js';
import { hashAt, heapOfNear, heapOfOneBand, type Workload } from './workload.js';

const maxHeap = 100_000;
const queries = 20;
/** The fastest repetition counts, because a busy machine must not look like a slow query. */
const repetitions = 5;

const kinds = [
  { name: 'within 31 bits of one another', make: heapOfNear },
  { name: 'with one band in common', make: heapOfOneBand },
];

export function measureHeaps(index: MultiIndex, scan: LinearScan, work: Workload): HeapResult[] {
  const size = Math.min(maxHeap, work.count);
  return kinds.map(({ name, make }) => {
    const hashes = work.hashes.slice();
    make(hashes, size);
    index.fill(hashes);
    const random = randomFrom(5);
    let differences = 0;
    let slowest = { tables: 0, scan: 1 };
    for (let query = 0; query < queries; query++) {
      const bytes = hashAt(hashes, Math.floor(random() * size)).slice();
      flipBitsInPlace(bytes, query % 8, random);
      const times = {
        tables: fastestUs(() => index.search(bytes, work.radius)),
        scan: fastestUs(() => scan.search(bytes, work.radius)),
      };
      if (times.tables / times.scan > slowest.tables / slowest.scan) slowest = times;
      if (!sameHits(index.search(bytes, work.radius), scan.search(bytes, work.radius))) differences++;
    }
    return { name, size, slowestUs: round(slowest.tables), scanUs: round(slowest.scan), differences };
  });
}

function fastestUs(run: () => unknown): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const startedAt = performance.now();
    run();
    fastest = Math.min(fastest, performance.now() - startedAt);
  }
  return fastest * 1_000;
}
