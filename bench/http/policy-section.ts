/** What BENCH.md says of a run of `npm run bench:policy`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { PolicyResults, Sample } from '../results.js';
import { median } from '../statistics.js';

const rate = (samples: readonly Sample[]) => median(samples.map(({ perSecond }) => perSecond));

/** Share of the throughput that is lost: the median over rounds, each measured in turns. */
function loss(whole: readonly Sample[], searchOnly: readonly Sample[]): number {
  return median(whole.map(({ perSecond }, at) => 1 - perSecond / (searchOnly[at]?.perSecond ?? perSecond)));
}

export function policySection({ environment, knownHashes, connections, mixes }: PolicyResults): string {
  const rows = mixes.map(({ knownEvery, whole, searchOnly }) => [
    `1 in ${figure(knownEvery)}`,
    figure(rate(searchOnly)),
    figure(rate(whole)),
    `${(loss(whole, searchOnly) * 100).toFixed(1)} %`,
    figure(median(searchOnly.map(({ p99 }) => p99))),
    figure(median(whole.map(({ p99 }) => p99))),
    String([...whole, ...searchOnly].reduce((total, { errors }) => total + errors, 0)),
  ]);
  const head = ['known', 'search only /s', 'whole /s', 'lost', 'p99 ms, search only', 'p99 ms, whole', 'errors'];
  return `## What policy and logging cost

\`npm run bench:policy\` asks one process over ${figure(knownHashes)} known hashes at two addresses in turns, ${mixes[0]?.whole.length ?? 0} rounds, ${connections} connections: the service as
it is, and the same with a matcher that searches and does nothing else (no policy, no obligations, no log of verdicts, no guard). *known*: how many of
the queries are copies of something known; each of those is committed before its reply. *lost*: the median over the rounds.

${environmentLine(environment)}

${markdownTable(head, rows)}
`;
}
