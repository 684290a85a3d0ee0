import { environmentLine, figure, markdownTable } from '../markdown.js';
import { type Chart, renderChart, type Series } from './chart.js';
import type { EngineResult, IndexDocument, IndexResults, SoakResults } from './results.js';

export const chartFiles = { latency: 'bench/results/index-latency.svg', recall: 'bench/results/index-recall.svg' } as const;
const baseline = 'linear-scan';

export function engineTable({ engines }: IndexDocument): string {
  const scan = engines.find(({ engine }) => engine === baseline);
  const columns = ['engine', 'p50', 'p99', 'queries/s', 'ratio', 'recall', 'build', 'bytes/hash'];
  return markdownTable(
    columns,
    engines.map((result) => [
      result.engine,
      time(result.p50Us),
      time(result.p99Us),
      figure(result.queriesPerSecond),
      scan ? ratio(scan, result) : '',
      percent(result.recall),
      result.buildMs === 0 ? '' : time(result.buildMs * 1_000),
      figure(result.bytesPerHash),
    ]),
  );
}

function ratio(scan: EngineResult, { threads, p50Us, queriesPerSecond }: EngineResult): string {
  const times = threads === 1 ? scan.p50Us / p50Us : queriesPerSecond / scan.queriesPerSecond;
  return `${times < 10 ? times.toPrecision(2) : Math.round(times)}x`;
}

function time(us: number): string {
  if (us < 1_000) return `${figure(us)} µs`;
  return us < 1_000_000 ? `${figure(us / 1_000)} ms` : `${figure(us / 1_000_000)} s`;
}

function percent(share: number): string {
  return share === 1 ? '100 %' : `${(share * 100).toFixed(1)} %`;
}

export function indexSection(results: IndexResults): string {
  const [first] = results;
  if (!first) return '';
  return `## Search engines side by side

\`${commandOf(results)}\` searches uniform 256-bit hashes within ${first.radius} bits. Half of the ${figure(first.queries)} queries are stored hashes with
0 to ${first.radius} flipped bits; the other half are unknown. The engines take turns on one thread of one process. "all workers" is the index as the
service runs it, with batches of 256 queries.

${environmentLine(first.environment)}

![Latency against the number of hashes](${chartFiles.latency})

![Recall against the number of hashes](${chartFiles.recall})

${results.map((document) => `### ${figure(document.hashes)} hashes\n\n${engineTable(document)}\n`).join('\n')}
### Memory, compaction and heaps

${costTable(results)}

- *ratio* is the p50 of the linear scan divided by the p50 of the engine. For "all workers" it compares queries/s instead, because
  four batches run at once there. Its times are the time of a batch divided by its queries.
- *recall* is the share of stored hashes that were found. Answers of the exact engines on one thread are also compared, hit by hit, with
  a comparison of every hash.
- *bytes/hash* counts tables and rows. For "all workers" it counts the whole process.
- *resident* is the memory of that process after a compaction, without the data of the benchmark.
- *load* is the time from a sealed snapshot to an index that answers, in a new process.
- *compaction* is the time to add 20 000 hashes to the tables while they serve queries. *extra* is the memory that the first
  compaction adds.
- *heap, near* and *heap, one band* are heaps of 100 000 hashes: within 31 bits of each other, or with one band in common. The figure is
  the time of the slowest query divided by the linear scan of that query (at most 2). Wrong answers would follow in brackets.
${measuresPgvector(results) ? pgvectorMeasured : pgvectorAbsent}
`;
}

const pgvectorMeasured = '- Times of pgvector include the round trip to the database.';
const pgvectorAbsent = '- This run did not measure pgvector. To measure it, add `--embedded` or set DATABASE_URL.';
const maxUsualHashes = 4_300_000;

function measuresPgvector(results: IndexResults): boolean {
  return results.some(({ engines }) => engines.some(({ engine }) => engine.startsWith('pgvector')));
}

function commandOf(results: IndexResults): string {
  const full = results.some(({ hashes }) => hashes > maxUsualHashes) ? ' full' : '';
  return `npm run bench:index -- --suite${full}${measuresPgvector(results) ? ' --embedded' : ''}`;
}

function costTable(results: IndexResults): string {
  const columns = ['hashes', 'resident', 'load', 'compaction', 'extra', 'heap, near', 'heap, one band'];
  return markdownTable(
    columns,
    results.map(({ hashes, residentMiB, snapshotLoadMs, compaction, heaps }) => [
      figure(hashes),
      `${figure(residentMiB)} MiB`,
      time(snapshotLoadMs * 1_000),
      `${figure(compaction.ms)} ms`,
      `${figure(Math.max(0, compaction.extraMiB))} MiB`,
      ...heaps.map(
        ({ slowestUs, scanUs, differences }) =>
          `${(slowestUs / scanUs).toFixed(2)}${differences > 0 ? ` (${differences} wrong)` : ''}`,
      ),
    ]),
  );
}

export function soakSection(soak: SoakResults): string {
  const { minutes, hashes, workers, searches, additions, removals, wrong, compactions, residentMiB: resident } = soak;
  return `## Soak

\`npm run bench:soak\` searches an index of ${figure(hashes)} hashes with ${workers} workers while it changes. In ${minutes} minutes it made ${figure(searches)} searches,
${figure(additions)} additions, ${figure(removals)} removals and ${compactions} compactions: **${wrong} wrong answers**.

Resident memory in MiB, at the start and after each tenth of the time: ${resident.map(figure).join(', ')}.
The first tenths fill the memory of the shards and the JavaScript heap. After that, memory must not grow.

${environmentLine(soak.environment)}
`;
}

export function charts(results: IndexResults): ReadonlyMap<string, string> {
  const common = { xLabel: 'stored hashes (256 bits, uniform)' };
  const latency: Chart = {
    ...common,
    title: `Median time of a search within ${results[0]?.radius ?? 0} bits`,
    yLabel: 'one query, one thread',
    yScale: 'log',
    series: seriesOf(results, ({ p50Us }) => p50Us),
  };
  const recall: Chart = {
    ...common,
    title: 'Share of the stored hashes that were found',
    yLabel: 'recall',
    yScale: 'share',
    series: seriesOf(results, ({ recall: share }) => share),
  };
  return new Map([
    [chartFiles.latency, renderChart(latency)],
    [chartFiles.recall, renderChart(recall)],
  ]);
}

function seriesOf(results: IndexResults, value: (engine: EngineResult) => number): Series[] {
  const single = results.flatMap(({ engines }) => engines.filter(({ threads }) => threads === 1).map(({ engine }) => engine));
  return [...new Set(single)].map((name) => ({
    name,
    points: results.flatMap(({ hashes, engines }) => {
      const result = engines.find(({ engine }) => engine === name);
      return result ? [{ x: hashes, y: value(result) }] : [];
    }),
  }));
}
