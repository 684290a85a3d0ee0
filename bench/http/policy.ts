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
const [whole = '', searchOnly = ''] = server.url.split(' ');
const measured: PolicyResults['mixes'] = [];
for (const knownEvery of mixes) {
  const samples: { whole: Sample[]; searchOnly: Sample[] } = { whole: [], searchOnly: [] };
  for (let round = 1; round <= rounds; round++) {
    // The other one first in every second round: whoever comes second finds the machine warmer, or busier.
    const turns = [() => ask(searchOnly, knownEvery), () => ask(whole, knownEvery)];
    const [first, second] = [await turns[round % 2]?.(), await turns[(round + 1) % 2]?.()];
    const [bare, full] = round % 2 === 0 ? [first, second] : [second, first];
    if (!bare || !full) throw new Error('a turn gave no sample');
    samples.searchOnly.push(bare);
    samples.whole.push(full);
    const rates = [samples.searchOnly, samples.whole].map((of) => figure(of.at(-1)?.perSecond ?? 0));
    console.error(`1 known in ${knownEvery}, ${round}/${rounds}: search only ${rates[0]}/s, whole ${rates[1]}/s`);
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
