/** What BENCH.md says of a run of `npm run bench:nodes`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { NodesResults, Sample } from '../results.js';

export function nodesSection({ environment, entries, enrolled, withdrawn }: NodesResults): string {
  const row = (name: string, { p50, p97_5, p99 }: Sample) => [name, figure(p50), figure(p97_5), figure(p99)];
  return `## From one node to another

\`npm run bench:nodes\`: ${figure(entries)} entries enrolled and withdrawn by eight analysts at once on one node, while the other is asked until its
verdict follows. Time runs from the analyst's call, its own commit included.

${environmentLine(environment)}

${markdownTable(['', 'p50 ms', 'p97.5 ms', 'p99 ms'], [row('enrolled', enrolled), row('withdrawn', withdrawn)])}
`;
}
