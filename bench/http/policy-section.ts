/** What BENCH.md says of a run of `npm run bench:policy`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { PolicyResults, Sample } from '../results.js';
import { median } from '../statistics.js';

const rate = (samples: readonly Sample[]) => median(samples.map(({ perSecond }) => perSecond));

/** Share of the throughput of `less` that `more` does without: the median over rounds, each measured in turns. */
function loss(more: readonly Sample[], less: readonly Sample[]): string {
  const share = median(more.map(({ perSecond }, at) => 1 - perSecond / (less[at]?.perSecond ?? perSecond)));
  return `${(share * 100).toFixed(1)} %`;
}

export function policySection({ environment, knownHashes, connections, mixes }: PolicyResults): string {
  const rows = mixes.map(({ knownEvery, whole, judged, searchOnly }) => [
    `1 in ${figure(knownEvery)}`,
    ...[searchOnly, judged, whole].map((samples) => figure(rate(samples))),
    loss(judged, searchOnly),
    loss(whole, judged),
    ...[searchOnly, whole].map((samples) => figure(median(samples.map(({ p99 }) => p99)))),
    String([...whole, ...judged, ...searchOnly].reduce((total, { errors }) => total + errors, 0)),
  ]);
  const head = [
    ...['known', 'search only /s', 'with policy and log /s', 'whole /s', 'lost to policy and log', 'lost to the guard'],
    ...['p99 ms, search only', 'p99 ms, whole', 'errors'],
  ];
  return `## What policy and logging cost

\`npm run bench:policy\` asks one process over ${figure(knownHashes)} known hashes at three addresses in turns, ${mixes[0]?.whole.length ?? 0} rounds, ${connections} connections: the service as
it is, the same without the enumeration guard, and the same with a matcher that searches and does nothing else (no policy, no obligations, no log
of verdicts, no guard). *known*: how many of the queries are copies of something known; each of those is committed before its reply. *lost*: the
median over the rounds.

${environmentLine(environment)}

${markdownTable(head, rows)}
`;
}
