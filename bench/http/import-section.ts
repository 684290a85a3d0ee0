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

\`npm run bench:import\` sends ${figure(rate)} hash matches per second to a service with ${figure(knownHashes)} known hashes. First the service is otherwise
idle. Then ${figure(imported)} more hashes are imported (${figure(importSeconds)} s), added to the index and compacted. Each sample is a window of ten
seconds, and every verdict is checked.

${environmentLine(environment)}

${markdownTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'worst p99 ms', 'errors'], [row('idle', [idle]), row('during the import', during)])}

The median p99 during the import is ${ratio.toPrecision(2)} times the idle p99. After the import, ${figure(asked)} of the imported hashes were searched for: ${missed} did not match.
`;
}
