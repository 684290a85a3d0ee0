import { figure } from '../markdown.js';
import { countBits } from '../random.js';
import { percentile } from '../statistics.js';
import type { Contender, Hits } from './contenders.js';
import type { EngineResult } from './results.js';
import { hashBytes, type Query, type Workload } from './workload.js';

const rounds = 5;
const roundMs = 500;
const warmUpMs = 300;
const comparedQueries = 10;

interface Tally {
  readonly times: number[];
  expected: number;
  found: number;
  next: number;
}

/** @throws Error if an exact contender misses or invents a hit. */
export async function measure(contenders: readonly Contender[], work: Workload): Promise<EngineResult[]> {
  const tallies = contenders.map((): Tally => ({ times: [], expected: 0, found: 0, next: 0 }));
  const inTurns = async (ms: number, keep: boolean) => {
    for (const [at, contender] of contenders.entries()) {
      const tally = tallies[at];
      if (tally) await ask(contender, work, keep ? tally : { ...tally, times: [] }, ms);
    }
  };
  await inTurns(warmUpMs, false);
  for (let round = 0; round < rounds; round++) await inTurns(roundMs, true);
  const results: EngineResult[] = [];
  for (const [at, contender] of contenders.entries()) {
    const checked = contender.exact && (await compare(contender, work));
    const tally = tallies[at];
    if (tally) results.push(resultOf(contender, tally, checked));
  }
  return results;
}

async function ask(contender: Contender, { queries, radius }: Workload, tally: Tally, ms: number): Promise<void> {
  const stopAt = performance.now() + ms;
  do {
    const query = queries[tally.next++ % queries.length];
    if (!query) return;
    const startedAt = performance.now();
    const answer = contender.search(query.bytes, radius);
    // Awaiting a plain value would add a microtask to every time.
    const hits = answer instanceof Uint32Array ? answer : await answer;
    tally.times.push(performance.now() - startedAt);
    count(query, hits, tally);
  } while (performance.now() < stopAt);
}

function count({ stored }: Query, hits: Hits, tally: Tally): void {
  if (stored === undefined) return;
  tally.expected++;
  for (let at = 0; at < hits.length; at += 2) {
    if (hits[at] !== stored) continue;
    tally.found++;
    return;
  }
}

function resultOf({ engine, buildMs, bytesPerHash }: Contender, tally: Tally, checked: boolean): EngineResult {
  const { times, expected, found } = tally;
  const sorted = Float64Array.from(times).sort();
  const total = sorted.reduce((sum, time) => sum + time, 0);
  const result = {
    engine,
    buildMs: round(buildMs),
    bytesPerHash: round(bytesPerHash),
    recall: expected === 0 ? 1 : found / expected,
    p50Us: round(percentile(sorted, 0.5) * 1_000),
    p99Us: round(percentile(sorted, 0.99) * 1_000),
    queriesPerSecond: round((sorted.length / total) * 1_000),
    threads: 1,
    checked,
  };
  console.error(`${engine}: p50 ${figure(result.p50Us)} µs, recall ${result.recall}, ${sorted.length} queries`);
  return result;
}

async function compare(contender: Contender, work: Workload): Promise<true> {
  for (const { bytes } of work.queries.slice(0, comparedQueries)) {
    const wanted = bruteForce(work.hashes, bytes, work.radius);
    if (!sameHits(await contender.search(bytes, work.radius), wanted)) {
      throw new Error(`${contender.engine}: an answer differs from a comparison with every hash`);
    }
  }
  return true;
}

function bruteForce(hashes: Uint8Array<ArrayBuffer>, query: Uint8Array, radius: number): Hits {
  const words = new Uint32Array(hashes.buffer, hashes.byteOffset, hashes.length / 4);
  const wanted = new Uint32Array(query.slice().buffer);
  const hits: number[] = [];
  for (let first = 0; first < words.length; first += hashBytes / 4) {
    let distance = 0;
    for (let at = 0; at < wanted.length && distance <= radius; at++) {
      distance += countBits((words[first + at] ?? 0) ^ (wanted[at] ?? 0));
    }
    if (distance <= radius) hits.push(first / (hashBytes / 4), distance);
  }
  return Uint32Array.from(hits);
}

export function sameHits(one: Hits, other: Hits): boolean {
  const keys = (hits: Hits) => Float64Array.from({ length: hits.length / 2 }, (_, at) => keyOf(hits, at * 2)).sort();
  const others = keys(other);
  return one.length === other.length && keys(one).every((key, at) => key === others[at]);
}

function keyOf(hits: Hits, at: number): number {
  return (hits[at] ?? 0) * 512 + (hits[at + 1] ?? 0);
}

export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
