import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { registerRequestMetrics } from '../../../src/http/metrics.js';
import { RequestNumbers } from '../../../src/http/request-numbers.js';

it('vigie_hma_unanswered_total counts the hashes and lookups after which a client of HMA lets content through', async () => {
  const numbers = new RequestNumbers();
  const answer = (route: string, ...statuses: number[]) => {
    for (const status of statuses) numbers.route('GET', route).add(status, 1);
  };
  answer('/m/lookup', 200, 503, 503, 429, 400);
  answer('/h/hash', 500);
  answer('/c/banks', 503);
  answer('/v1/match', 503);
  const registry = new Registry();
  registerRequestMetrics(registry, numbers);
  const lines = (await registry.metrics()).split('\n').filter((line) => line.startsWith('vigie_hma_unanswered_total'));
  expect(lines.map((line) => line.replace('vigie_hma_unanswered_total', ''))).toEqual([
    '{route="/h/hash"} 1',
    '{route="/m/lookup"} 3',
    '{route="/m/raw_lookup"} 0',
  ]);
});
