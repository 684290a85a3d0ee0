import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { NodesResults, Sample } from '../results.js';

export function nodesSection({ environment, entries, enrolled, withdrawn }: NodesResults): string {
  const row = (name: string, { p50, p97_5, p99 }: Sample) => [name, figure(p50), figure(p97_5), figure(p99)];
  return `## From one node to another

\`npm run bench:nodes\`: eight analysts enrol and withdraw ${String(entries)} entries on one node at the same time. A client asks the other node until its
verdict changes. The time starts with the analyst's call and includes its commit.

${environmentLine(environment)}

${markdownTable(['', 'p50 ms', 'p97.5 ms', 'p99 ms'], [row('enrolled', enrolled), row('withdrawn', withdrawn)])}
`;
}
