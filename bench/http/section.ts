/** What BENCH.md and README say of a run of `npm run bench`. */
import { environmentLine, figure, markdownTable } from '../markdown.js';
import type { HttpResults, ScenarioResult } from '../results.js';
import { median } from '../statistics.js';

const columns = [
  'scenario',
  'known hashes',
  'requests/s',
  'spread',
  'hashes/s',
  'p50 ms',
  'p97.5 ms',
  'p99 ms',
  'errors',
  'ratio',
];

/** One row a scenario: medians over its repetitions. */
export function httpTable({ scenarios }: HttpResults): string {
  return markdownTable(
    columns,
    scenarios.map((scenario) => row(scenario, scenarios)),
  );
}

function row(scenario: ScenarioResult, all: readonly ScenarioResult[]): string[] {
  const { name, knownHashes, hashesPerRequest, samples } = scenario;
  const rate = rateOf(scenario);
  const rates = samples.map(({ perSecond }) => perSecond);
  const time = (of: 'p50' | 'p97_5' | 'p99') => figure(median(samples.map((sample) => sample[of])));
  return [
    name,
    knownHashes === null ? '' : figure(knownHashes),
    figure(rate),
    samples.length < 2 ? '' : `${figure(Math.min(...rates))}-${figure(Math.max(...rates))}`,
    hashesPerRequest === null ? '' : figure(rate * hashesPerRequest),
    time('p50'),
    time('p97_5'),
    time('p99'),
    String(samples.reduce((total, { errors }) => total + errors, 0)),
    ratio(scenario, all),
  ];
}

function ratio(scenario: ScenarioResult, all: readonly ScenarioResult[]): string {
  const baseline = all.find(({ name }) => name === scenario.baseline);
  return baseline ? (rateOf(scenario) / rateOf(baseline)).toPrecision(2) : '';
}

function rateOf({ samples }: ScenarioResult): number {
  return median(samples.map(({ perSecond }) => perSecond));
}

export function httpSection(results: HttpResults): string {
  const { connections, seconds, scenarios, environment } = results;
  const repetitions = scenarios[0]?.samples.length ?? 0;
  return `## Over HTTP

\`npm run bench\` starts a service on an embedded database of uniform 256-bit hashes and drives it with autocannon: ${connections} connections,
no pipelining, ${seconds} s a scenario after a warm-up, ${repetitions} ${repetitions === 1 ? 'repetition' : 'repetitions'} in turns with the others. Every answer's verdict is checked.

${environmentLine(environment)}

${httpTable(results)}

- *requests/s*, *p50*, *p97.5*, *p99*: medians over the repetitions; *spread*: the slowest and the fastest of them. In the rows
  "bare decode" they are images/s, and times of one decode.
- *hashes/s*: requests/s times the hashes in each request.
- *errors*: answers that were not 2xx, not in time, or not the right verdict.
- *ratio*: requests/s divided by those of the baseline of the same run. For hashes and batches that is a Fastify route that parses a body of the
  same size and answers a constant one of the same size; for images, sharp decoding the same files in as many threads as there are cores.
- The load generator takes its share of the same cores, which "bare decode" does not: these are figures of a machine that does both.
`;
}

/** One line for README; undefined when the run did not measure what it speaks of. */
export function httpSummary({ scenarios, environment }: HttpResults): string | undefined {
  const most = Math.max(...scenarios.map(({ knownHashes }) => knownHashes ?? 0));
  const rate = (name: string) => {
    const scenario = scenarios.find((one) => one.name === name && one.knownHashes === most);
    return scenario && figure(rateOf(scenario));
  };
  const hashes = rate('hash match');
  const images = rate('image match 640x480');
  if (!hashes || !images) return undefined;
  const { cores, cpu } = environment;
  return (
    `Over ${figure(most)} known hashes, ${cores} cores (${cpu}) answer ${hashes} hash matches or ${images} image matches ` +
    '(640x480 JPEG) a second, and generate that load as well: [BENCH.md](BENCH.md).'
  );
}
