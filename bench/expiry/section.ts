import { environmentLine, figure, markdownTable } from '../markdown.js';
import { median } from '../statistics.js';
import type { ExpiryResults } from './results.js';

const goalPerSecond = 20_000;

export function expirySection(results: ExpiryResults): string {
  const rows = results.map(({ database, entries, seconds, environment }) => {
    const perSecond = entries / median(seconds);
    return [
      database,
      figure(entries),
      String(seconds.length),
      figure(perSecond),
      perSecond < goalPerSecond ? '**missed**' : '',
      environment.commit,
    ];
  });
  const [first] = results;
  return `## Entries that expire together

\`npm run bench:expiry\` stores entries with one PDQ hash each, lets all of them reach their end, and withdraws them as the job
\`expire_entries\` does: hashes deleted and sealed, history, audit log and change feed written. \`--database postgres\` uses the
server of \`DATABASE_URL\`. The goal is ${figure(goalPerSecond)} entries a second.

${first ? environmentLine(first.environment) : ''}

${markdownTable(['database', 'entries', 'runs', 'entries/s', '', 'commit'], rows)}
`;
}
