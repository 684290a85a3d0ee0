/** What BENCH.md says of a run of `npm run bench:import`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { ImportResults, Sample } from '../results.js';
import { median } from '../statistics.js';

export function importSection(results: ImportResults): string {
  const { environment, knownHashes, imported, importSeconds, rate, idle, during, asked, missed } = results;
  const row = (name: string, samples: readonly Sample[]) => [
    name,
    figure(median(samples.map(({ perSecond }) => perSecond))),
    figure(median(samples.map(({ p50 }) => p50))),
    figure(median(samples.map(({ p99 }) => p99))),
    figure(Math.max(...samples.map(({ p99 }) => p99))),
    String(samples.reduce((total, { errors }) => total + errors, 0)),
  ];
  const ratio = median(during.map(({ p99 }) => p99)) / idle.p99;
  return `## Matching during an import

\`npm run bench:import\`: hash matches at ${figure(rate)} requests/s over ${figure(knownHashes)} known hashes, alone and while ${figure(imported)} more are
imported (${figure(importSeconds)} s), worked in and compacted. Windows of ten seconds; every verdict is checked.

${environmentLine(environment)}

${markdownTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'worst p99 ms', 'errors'], [row('alone', [idle]), row('during the import', during)])}

p99 during the import is ${ratio.toPrecision(2)} times that alone. Of ${figure(asked)} imported hashes asked for afterwards ${missed} did not match.
`;
}
