import type { Sample } from '../results.js';
import { percentile } from '../statistics.js';

/** What one timed run of `seconds` gave: `times` (ms, in any order) of all that was answered rightly. */
export function sampleOf(times: readonly number[], seconds: number, errors: number): Sample {
  const sorted = Float64Array.from(times).sort();
  return {
    perSecond: sorted.length / seconds,
    p50: percentile(sorted, 0.5),
    p97_5: percentile(sorted, 0.975),
    p99: percentile(sorted, 0.99),
    errors,
  };
}
