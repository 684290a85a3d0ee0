/** `npm run bench:policy`: how much throughput policy, verdict log and guard cost. */
import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';
import { built } from '../../src/package-root.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { figure } from '../markdown.js';
import type { PolicyResults, Sample } from '../results.js';
import { hashRequests } from './hash-requests.js';
import { connections, drive } from './load-generator.js';
import { Sandbox } from './sandbox.js';
import { seed } from './service.js';

/** One query in this many is known. Platforms report about one in a thousand. */
const mixes = [20, 200, 1_000];
const warmUpSeconds = 1;
const served = ['full', 'unguarded', 'searchOnly'] as const;
type Served = (typeof served)[number];

const { hashes, seconds, rounds } = new Command('npm run bench:policy --')
  .option('--hashes <n>', 'known hashes', wholeNumber(1, 12_000_000), 1_000_000)
  .option('--seconds <s>', 'seconds per measurement', wholeNumber(1, 3_600), 6)
  .option('--rounds <n>', 'rounds', wholeNumber(1, 1_000), 6)
  .parse()
  .opts<{ hashes: number; seconds: number; rounds: number }>();

const sandbox = new Sandbox();
const dataDir = sandbox.directory();
const { key, known } = await seed(dataDir, hashes);
const server = await sandbox.serve(built('bench/http/policy.process.js'), { args: [dataDir] });
const urls = server.url.split(' ');
const measured: PolicyResults['mixes'] = [];
for (const knownEvery of mixes) {
  const samples: Record<Served, Sample[]> = { full: [], unguarded: [], searchOnly: [] };
  for (let round = 1; round <= rounds; round++) {
    // The order rotates every round, because a later variant may find the machine warmer or busier.
    for (let turn = 0; turn < served.length; turn++) {
      const at = (turn + round) % served.length;
      samples[served[at] ?? 'full'].push(await ask(urls[at] ?? '', knownEvery));
    }
    const rates = served.map((name) => `${name} ${figure(samples[name].at(-1)?.perSecond ?? 0)}/s`);
    console.error(`1 known in ${knownEvery}, ${round}/${rounds}: ${rates.join(', ')}`);
  }
  measured.push({ knownEvery, ...samples });
}
await server.stop();
const environment = describeEnvironment('Service and load generator share the cores.');
await writeResult('policy.json', { environment, knownHashes: hashes, connections, mixes: measured });
await writeReport();
process.exit(0);

function ask(url: string, every: number): Promise<Sample> {
  const { single, check } = hashRequests(known, every);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const load = { url: `${url}/v1/match`, method: 'POST', headers, bodies: single } as const;
  return drive({ ...load, check: (body) => check(body, 1) }, { warmUpSeconds, seconds });
}
