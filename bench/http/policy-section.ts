import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { PolicyResults, Sample } from '../results.js';
import { median } from '../statistics.js';

const rate = (samples: readonly Sample[]) => median(samples.map(({ perSecond }) => perSecond));

function loss(slower: readonly Sample[], faster: readonly Sample[]): string {
  const share = median(slower.map(({ perSecond }, at) => 1 - perSecond / (faster[at]?.perSecond ?? perSecond)));
  return `${(share * 100).toFixed(1)} %`;
}

export function policySection({ environment, knownHashes, connections, mixes }: PolicyResults): string {
  const rows = mixes.map(({ knownEvery, full, unguarded, searchOnly }) => [
    `1 in ${knownEvery}`,
    ...[searchOnly, unguarded, full].map((samples) => figure(rate(samples))),
    loss(unguarded, searchOnly),
    loss(full, unguarded),
    ...[searchOnly, full].map((samples) => figure(median(samples.map(({ p99 }) => p99)))),
    String([...full, ...unguarded, ...searchOnly].reduce((total, { errors }) => total + errors, 0)),
  ]);
  const head = [
    ...['known', 'search only', 'unguarded', 'full', 'cost of policy and log', 'cost of guard'],
    ...['search only, p99 ms', 'full, p99 ms', 'errors'],
  ];
  return `## Cost of policy, verdict log and guard

\`npm run bench:policy\` measures hash matches per second over ${figure(knownHashes)} known hashes with ${connections} connections. One process serves three variants
of the service, which take turns for ${mixes[0]?.full.length ?? 0} rounds:

- *full*: the service as it is.
- *unguarded*: without the enumeration guard.
- *search only*: search without policy, obligations, verdict log and guard.

*known* is the share of queries that are copies of known hashes. The service commits their verdicts before it replies. *cost* is the
median loss of throughput over the rounds.

${environmentLine(environment)}

${markdownTable(head, rows)}
`;
}
