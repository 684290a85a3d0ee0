/** What BENCH.md says of the index: tables, charts, and the soak. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import { type Chart, renderChart, type Series } from './chart.js';
import type { EngineResult, IndexDocument, IndexResults, SoakResults } from './results.js';

export const chartFiles = { latency: 'bench/results/index-latency.svg', recall: 'bench/results/index-recall.svg' } as const;
const baseline = 'linear-scan';

/** One row an engine. */
export function engineTable({ engines }: IndexDocument): string {
  const scan = engines.find(({ engine }) => engine === baseline);
  const columns = ['engine', 'p50', 'p99', 'queries/s', 'ratio', 'recall', 'build', 'bytes a hash'];
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
  if (us < 1_000) return `${figure(us)} us`;
  return us < 1_000_000 ? `${figure(us / 1_000)} ms` : `${figure(us / 1_000_000)} s`;
}

function percent(share: number): string {
  return share === 1 ? '100 %' : `${(share * 100).toFixed(1)} %`;
}

export function indexSection(results: IndexResults): string {
  const [first] = results;
  if (!first) return '';
  return `## Search engines side by side

\`${commandOf(results)}\`: uniform 256-bit hashes, radius ${first.radius}; half of the ${figure(first.queries)} queries are stored hashes with 0 to
${first.radius} bits turned, half are unknown. In turns in one process, one thread; "all workers" asks in batches of 256.

${environmentLine(first.environment)}

![Latency against the number of hashes](${chartFiles.latency})

![Recall against the number of hashes](${chartFiles.recall})

${results.map((document) => `### ${figure(document.hashes)} hashes\n\n${engineTable(document)}\n`).join('\n')}
### Memory, compaction and heaps

${costTable(results)}

- *ratio*: p50 of the linear scan divided by that of the engine; of "all workers", by queries/s. Its times are those of a
  batch divided by its queries, four batches under way.
- *recall*: queries whose stored hash was found. Answers of the exact engines on one thread are also compared, hit by hit, with a comparison of every hash.
- *bytes a hash*: of tables and rows; of "all workers", of the whole process. *resident*: the process, after a compaction, without the bench's own data.
- *load*: from a sealed snapshot to an index that answers, in a new process.
- *compaction*: 20 000 hashes taken up while the tables serve; *extra*: what the first one adds to the memory.
- *heap*: the slowest query among 100 000 hashes within 31 bits of one another, and among 100 000 with one band in common, as a share of the linear
  scan of that query (at most 2); in brackets wrong answers, if any.
${measuresPgvector(results) ? pgvectorMeasured : pgvectorAbsent}
`;
}

const pgvectorMeasured = '- Times of pgvector include the way to the database and back.';
const pgvectorAbsent = '- pgvector was not measured in this run: add `--embedded`, or set DATABASE_URL.';
/** Hashes past which the suite is the full one. */
const usualMost = 4_300_000;

function measuresPgvector(results: IndexResults): boolean {
  return results.some(({ engines }) => engines.some(({ engine }) => engine.startsWith('pgvector')));
}

/** The command that gave these results, as they themselves tell it. */
function commandOf(results: IndexResults): string {
  const full = results.some(({ hashes }) => hashes > usualMost) ? ' full' : '';
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

\`npm run bench:soak\`: ${figure(minutes)} minutes over ${figure(hashes)} hashes and ${workers} workers, ${figure(searches)} searches beside ${figure(additions)} additions, ${figure(removals)} removals and ${compactions} compactions:
**${wrong} wrong answers**. Resident memory at the start and after each tenth, MiB: ${resident.map(figure).join(', ')}.

The first tenths fill the shards' memories and the heap; what counts is that the rest does not rise.

${environmentLine(soak.environment)}
`;
}

/** The charts by file, relative to the root. */
export function charts(results: IndexResults): ReadonlyMap<string, string> {
  const common = { xLabel: 'stored hashes (256 bits, uniform)' };
  const latency: Chart = {
    ...common,
    title: `Time of a search within ${results[0]?.radius ?? 0} bits, median`,
    yLabel: 'one query, one thread',
    yScale: 'log',
    series: seriesOf(results, ({ p50Us }) => p50Us),
  };
  const recall: Chart = {
    ...common,
    title: 'Share of the true entries that were found',
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
