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
  const baseline = all.find(
    ({ name, knownHashes }) => name === scenario.baseline && (knownHashes === null || knownHashes === scenario.knownHashes),
  );
  return baseline ? (rateOf(scenario) / rateOf(baseline)).toPrecision(2) : '';
}

function rateOf({ samples }: ScenarioResult): number {
  return median(samples.map(({ perSecond }) => perSecond));
}

export function httpSection(results: HttpResults): string {
  const { connections, seconds, scenarios, environment } = results;
  const repetitions = scenarios[0]?.samples.length ?? 0;
  return `## Over HTTP

\`npm run bench\` starts a service on an embedded database of uniform 256-bit hashes and sends requests with autocannon. It uses
${connections} connections without pipelining, and ${seconds} s per scenario after a warm-up. Scenarios take turns for ${repetitions} ${repetitions === 1 ? 'repetition' : 'repetitions'}, and every
verdict is checked.

${environmentLine(environment)}

${httpTable(results)}

- *requests/s*, *p50*, *p97.5* and *p99* are medians over the repetitions. *spread* is the slowest and the fastest repetition. The rows
  "bare decode" show images/s and the time of one decode.
- *hashes/s* is requests/s times the hashes per request.
- *errors* counts answers that were not 2xx, came too late or had the wrong verdict.
- *ratio* is requests/s divided by the requests/s of the baseline in the same run. For hashes and batches the baseline is a Fastify
  route that parses a body and answers a constant of the same size. For images it is sharp, decoding the same files on one
  thread per core. For HMA's lookups it is the hash match over as many hashes.
- The load generator runs on the same cores and slows down everything except "bare decode".
`;
}

/** The figures for README, in lines of at most 100 columns. */
export function httpSummary({ scenarios, environment }: HttpResults): string | undefined {
  const max = Math.max(...scenarios.map(({ knownHashes }) => knownHashes ?? 0));
  const rate = (name: string) => {
    const scenario = scenarios.find((one) => one.name === name && one.knownHashes === max);
    return scenario && figure(rateOf(scenario));
  };
  const hashes = rate('hash match');
  const images = rate('image match 640x480');
  if (!hashes || !images) return undefined;
  const { cores, cpu } = environment;
  return (
    `${cores} cores (${cpu}) with ${figure(max)} known hashes answer ${hashes} hash matches\n` +
    `or ${images} image matches (640x480 JPEG) per second and also generate that load: [BENCH.md](BENCH.md).`
  );
}
