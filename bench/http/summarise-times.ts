import type { Sample } from '../results.js';
import { percentile } from '../statistics.js';

/** `times`: ms of every right answer, in any order. */
export function summariseTimes(times: readonly number[], seconds: number, errors: number): Sample {
  const sorted = Float64Array.from(times).sort();
  return {
    perSecond: sorted.length / seconds,
    p50: percentile(sorted, 0.5),
    p97_5: percentile(sorted, 0.975),
    p99: percentile(sorted, 0.99),
    errors,
  };
}
