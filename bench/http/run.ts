/** `npm run bench`: measures the hot path over HTTP and compares it with bare Fastify and sharp. */
import { built } from '../../src/package-root.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { figure } from '../markdown.js';
import type { HttpResults, Sample } from '../results.js';
import { hashRequests } from './hash-requests.js';
import { connections } from './load-generator.js';
import { type Options, readOptions } from './options.js';
import { Sandbox } from './sandbox.js';
import { baselines, hotPath, imageSets, type Scenario } from './scenarios.js';
import { httpTable } from './section.js';
import { type Service, startService } from './service.js';
import { settle, verify } from './verify.js';

interface Contender extends Scenario {
  settle(): Promise<void>;
  readonly samples: Sample[];
}

const options = readOptions(process.argv);
const results = await bench(options, new Sandbox());
console.log(httpTable(results));
await writeResult(options.quick ? 'quick.json' : 'http.json', results);
if (!options.quick) await writeReport();
const errors = results.scenarios.flatMap(({ samples }) => samples).reduce((total, sample) => total + sample.errors, 0);
if (errors > 0) console.error(`bench: ${errors} errors`);
process.exit(errors > 0 ? 1 : 0);

async function bench({ sizes, repetitions, seconds, warmUpSeconds, profile }: Options, sandbox: Sandbox): Promise<HttpResults> {
  const environment = describeEnvironment('Service and load generator share the cores.');
  const images = await imageSets();
  const services: Service[] = [];
  for (const size of sizes) {
    const service = await startService(sandbox, size, profile);
    await verify(service, images);
    services.push(service);
  }
  const bare = await sandbox.serve(built('bench/http/fastify-baseline.process.js'));
  const contenders: Contender[] = [
    ...baselines(bare, hashRequests([]), images).map((scenario) => ({ ...scenario, settle: async () => {}, samples: [] })),
    ...services.flatMap((service) =>
      hotPath(service, images).map((scenario) => ({ ...scenario, settle: () => settle(service, images), samples: [] })),
    ),
  ];
  // Scenarios take turns, so that a slow phase of the machine affects all of them.
  for (let round = 1; round <= repetitions; round++) {
    for (const contender of contenders) await measure(contender, { seconds, warmUpSeconds }, `${round}/${repetitions}`);
  }
  await Promise.all([bare, ...services].map((server) => server.stop()));
  return {
    environment,
    connections,
    seconds,
    scenarios: contenders.map(({ run: _run, settle: _settle, ...result }) => result),
  };
}

async function measure(contender: Contender, window: Parameters<Scenario['run']>[0], round: string): Promise<void> {
  const sample = await contender.run(window);
  await contender.settle();
  contender.samples.push(sample);
  const over = contender.knownHashes === null ? '' : ` over ${figure(contender.knownHashes)}`;
  const wrong = sample.errors > 0 ? `, ${sample.errors} errors` : '';
  console.error(`${round} ${contender.name}${over}: ${figure(sample.perSecond)}/s, p50 ${figure(sample.p50)} ms${wrong}`);
}
