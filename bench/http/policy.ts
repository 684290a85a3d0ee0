/** `npm run bench:policy`: what policy and logging take from the throughput of hash matches, in one process and in turns. */
import { Command } from 'commander';
import { built } from '../../src/package-root.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { figure } from '../markdown.js';
import type { PolicyResults, Sample } from '../results.js';
import { connections, drive } from './load.js';
import { hashRequests } from './requests.js';
import { seed } from './service.js';
import { Workplace } from './workplace.js';

/** A platform sees mostly new content: the bench's own mix of one in twenty is the hardest, one in a thousand is nearer to what they report. */
const mixes = [20, 200, 1_000];
const warmUpSeconds = 1;
/** In the order of the child's addresses. */
const served = ['whole', 'judged', 'searchOnly'] as const;
type Served = (typeof served)[number];

const { hashes, seconds, rounds } = new Command('npm run bench:policy --')
  .option('--hashes <n>', 'known hashes', Number, 1_000_000)
  .option('--seconds <s>', 'seconds a measurement', Number, 6)
  .option('--rounds <n>', 'rounds', Number, 6)
  .parse()
  .opts<{ hashes: number; seconds: number; rounds: number }>();

const workplace = new Workplace();
const dataDir = workplace.directory();
const { key, known } = await seed(dataDir, hashes);
const server = await workplace.serve(built('bench/http/policy-server.js'), { args: [dataDir] });
const urls = server.url.split(' ');
const measured: PolicyResults['mixes'] = [];
for (const knownEvery of mixes) {
  const samples: Record<Served, Sample[]> = { whole: [], judged: [], searchOnly: [] };
  for (let round = 1; round <= rounds; round++) {
    // Another one first in every round: whoever comes later finds the machine warmer, or busier.
    for (let turn = 0; turn < served.length; turn++) {
      const at = (turn + round) % served.length;
      samples[served[at] ?? 'whole'].push(await ask(urls[at] ?? '', knownEvery));
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
