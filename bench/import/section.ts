import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { Environment, Sample } from '../results.js';
import { median } from '../statistics.js';
import type { ImportResults, MatchingDuringImport } from './results.js';

export function importSection({ speed, large, matching }: ImportResults): string {
  return `## Import

\`npm run bench:import\` imports generated files with \`vigie import\`, from the start of the command to its end. \`--database postgres\` uses the
server of \`DATABASE_URL\`, and \`--only speed\`, \`large\` or \`matching\` measures one part.

${speedPart(speed)}${largePart(large)}${matching.map(matchingPart).join('\n')}`;
}

function speedPart(speed: ImportResults['speed']): string {
  const rows = speed.map(({ database, hashesPerRecord, records, seconds, copySeconds, peakMb }) => {
    const perSecond = (records * hashesPerRecord) / seconds;
    const ratio = copySeconds === null ? '' : (seconds / copySeconds).toPrecision(2);
    return [database, String(hashesPerRecord), figure(records), figure(perSecond), ratio, figure(peakMb)];
  });
  if (rows.length === 0) return '';
  const header = ['database', 'hashes a record', 'records', 'hashes/s', 'time as a multiple of COPY', 'peak MB'];
  return `### Speed

Files of VICS 2.0 with MD5, SHA-1 and PDQ, and of HMA's lines with one PDQ hash. COPY writes the same hashes into a table like \`hash\`, with its indexes and without entries, claims and changes.

${lines(speed)}

${markdownTable(header, rows)}

`;
}

function largePart(large: ImportResults['large']): string {
  const rows = large.map(({ database, gigabytes, records, seconds, peakMb }) => [
    ...[database, gigabytes.toPrecision(2), figure(records), figure(seconds), figure(peakMb)],
  ]);
  if (rows.length === 0) return '';
  return `### A large file

A VICS 2.0 file whose records carry thumbnails. The peak is that of the command; on the embedded database it has the database in it.

${lines(large)}

${markdownTable(['database', 'GB', 'records', 'seconds', 'peak MB'], rows)}

`;
}

function matchingPart(one: MatchingDuringImport): string {
  const { environment, database, knownHashes, imported, importSeconds, visibleSeconds, rate, idle, during, asked, missed } = one;
  const row = (name: string, samples: readonly Sample[]) => [
    name,
    figure(median(samples.map(({ perSecond }) => perSecond))),
    figure(median(samples.map(({ p50 }) => p50))),
    figure(median(samples.map(({ p99 }) => p99))),
    figure(Math.max(...samples.map(({ p99 }) => p99))),
    String(samples.reduce((total, { errors }) => total + errors, 0)),
  ];
  const ratio = median(during.map(({ p99 }) => p99)) / idle.p99;
  return `### Matching during an import (${database})

${figure(rate)} hash matches per second go to a service with ${figure(knownHashes)} known hashes. First the service is otherwise idle. Then \`vigie import\`
brings ${figure(imported)} more beside it (${figure(importSeconds)} s). Each sample is a window of ten seconds, and every verdict is checked.

${environmentLine(environment)}

${markdownTable(['', 'requests/s', 'p50 ms', 'p99 ms', 'worst p99 ms', 'errors'], [row('idle', [idle]), row('during the import', during)])}

The median p99 during the import is ${ratio.toPrecision(2)} times the idle p99. The last hash matched ${figure(visibleSeconds)} s after the end of the import. Of ${figure(asked)}
imported hashes that were searched for afterwards, ${missed} did not match.
`;
}

/** One line per machine and day. */
function lines(rows: readonly { readonly environment: Environment }[]): string {
  return [...new Set(rows.map(({ environment }) => environmentLine(environment)))].join('\n\n');
}
