import { describe, expect, it } from 'vitest';
import type { Pdq } from '../../../src/domain/hash.js';
import { QuerySample } from '../../../src/service/recall-check/query-sample.js';
import { randomFrom } from '../../support/images.js';

const query = (number: number) => ({ value: String(number) as Pdq });

function taken(queries: QuerySample): string[] {
  const all: string[] = [];
  for (let one = queries.take(); one !== undefined; one = queries.take()) all.push(one);
  return all;
}

describe('QuerySample', () => {
  it('keeps about one query in 16 and returns each once', () => {
    const queries = new QuerySample(randomFrom(79));
    for (let number = 0; number < 1_600; number++) queries.offer([query(number), query(number)]);
    const all = taken(queries);
    expect(all.length).toBeGreaterThan(60);
    expect(all.length).toBeLessThan(150);
    expect(new Set(all).size).toBe(all.length);
  });

  it('never keeps more than 256 queries and prefers late ones', () => {
    const queries = new QuerySample(randomFrom(83));
    for (let number = 0; number < 100_000; number++) queries.offer([query(number)]);
    const all = taken(queries).map(Number);
    expect(all).toHaveLength(256);
    expect(all.filter((number) => number < 50_000).length).toBeLessThan(10);
  });

  it('keeps nothing of a query without a usable hash', () => {
    const queries = new QuerySample(() => 0);
    queries.offer([]);
    expect(queries.take()).toBeUndefined();
  });
});
