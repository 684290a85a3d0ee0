/** `npm run bench:import`: latency of matching at a fixed rate during a large import, and whether the index then misses a hash. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { z } from 'zod';
import { wholeNumber } from '../../src/cli/options.js';
import { built } from '../../src/package-root.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import type { ImportResults, Sample } from '../results.js';
import { hashRequests } from './hash-requests.js';
import { importSection } from './import-section.js';
import { drive, type Window } from './load-generator.js';
import { postJson } from './post-json.js';
import { Sandbox } from './sandbox.js';
import { type Service, startService } from './service.js';

const importSeed = 2;
const window: Window = { warmUpSeconds: 1, seconds: 10 };
/** Windows after the import in which the index may still be catching up. */
const maxWindowsAfter = 30;

const options = new Command('npm run bench:import --')
  .option('--hashes <n>', 'known hashes at the start', wholeNumber(1, 12_000_000), 1_000_000)
  .option('--import <n>', 'hashes to import', wholeNumber(1, 12_000_000), 1_000_000)
  .option('--rate <n>', 'requests per second', wholeNumber(1, 1_000_000), 3_000)
  .parse()
  .opts<{ hashes: number; import: number; rate: number }>();

const results = await bench(new Sandbox());
console.log(importSection(results));
await writeResult('import.json', results);
await writeReport();
const wrong = results.missed + [results.idle, ...results.during].reduce((total, { errors }) => total + errors, 0);
if (wrong > 0) console.error(`bench: ${wrong} wrong answers`);
process.exit(wrong > 0 ? 1 : 0);

async function bench(sandbox: Sandbox): Promise<ImportResults> {
  const environment = describeEnvironment('Service, its database, import and load generator share the cores.');
  const service = await startService(sandbox, options.hashes, undefined);
  const idle = await ask(service);
  const startedAt = performance.now();
  const imported = importHashes(service);
  let done = false;
  void imported.finally(() => {
    done = true;
  });
  const during: Sample[] = [];
  while (!done) during.push(await ask(service));
  const some = await imported;
  const importSeconds = (performance.now() - startedAt) / 1_000;
  // The index is complete when it finds the last hash, because it applies them in order.
  const last = some.at(-1) ?? '';
  for (let more = 0; more < maxWindowsAfter && !(await matches(service, last)); more++) during.push(await ask(service));
  const asked = await Promise.all(some.map((hash) => matches(service, hash)));
  await service.stop();
  return {
    environment,
    knownHashes: options.hashes,
    imported: options.import,
    importSeconds,
    rate: options.rate,
    idle,
    during,
    asked: asked.length,
    missed: asked.filter((found) => !found).length,
  };
}

async function ask({ url, key, known }: Service): Promise<Sample> {
  const requests = hashRequests(known);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const sample = await drive(
    {
      url: `${url}/v1/match`,
      method: 'POST',
      headers,
      bodies: requests.single,
      rate: options.rate,
      check: (body) => requests.check(body, 1),
    },
    window,
  );
  console.error(
    `${Math.round(sample.perSecond)}/s, p50 ${sample.p50.toFixed(2)} ms, p99 ${sample.p99.toFixed(2)} ms, ${sample.errors} errors`,
  );
  return sample;
}

async function importHashes({ dataDir }: Service): Promise<string[]> {
  const args = [built('bench/http/import.process.js'), dataDir, String(options.import), String(importSeed)];
  const { stdout } = await promisify(execFile)(process.execPath, args, { maxBuffer: 2 ** 24 });
  return z.array(z.string()).parse(JSON.parse(stdout));
}

async function matches({ url, key }: Service, pdq: string): Promise<boolean> {
  const answer = await postJson(`${url}/v1/match`, key, { hashes: { pdq, quality: 100 } });
  return z.looseObject({ verdict: z.string() }).parse(answer).verdict === 'remove';
}
