/**
 * `npm run bench:timing`: can a caller notice by time what lists hold that it may not match?
 *
 * Interleaves batches that are near hidden entries with batches that are near nothing, and gives the difference of their medians with
 * a bootstrap interval of 99 %. An interval that contains 0 means: not noticed with this many samples.
 */
import { parseArgs } from 'node:util';
import type { Pdq } from '../../src/domain/hash.js';
import { newList } from '../../src/domain/list.js';
import { standingOf } from '../../src/domain/standing.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { LongWork } from '../../src/service/matching/long-work.js';
import { Matcher } from '../../src/service/matching/matcher.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { flipBits, randomFrom, randomHash } from '../random.js';
import { median, percentile } from '../statistics.js';
import type { TimingResults } from './results.js';

const { values } = parseArgs({
  options: { samples: { type: 'string', default: '10000' }, batch: { type: 'string', default: '1000' } },
});
const [samples, batch] = [Number(values.samples), Number(values.batch)];
const random = randomFrom(17);
const caller = { key: 'k', organisation: 'o', person: 1, role: 'platform', trust: 'full', quotaMinute: 0, quotaDay: 0 } as const;

const workers = await startIndexWorkerPool(1);
const index = new MemoryIndex(workers);
let ordinal = 0;

function add(hex: string, list: string): void {
  ordinal++;
  const id = `ent_${ordinal.toString(16).padStart(32, '0')}`;
  const hash = { ordinal, algorithm: 'pdq', variant: 'full', quality: 100, value: Buffer.from(hex, 'hex') } as const;
  index.add({ id, list, class: 'ncii_adult', standing: standingOf('verified', 1, 1), hashes: [hash] });
}

for (let at = 0; at < 20_000; at++) add(randomHash(random), at % 2 === 0 ? 'mine' : 'hidden');

const mine = newList({ id: 'mine', title: 'Mine', class: 'ncii_adult', action: 'remove' });
const matchable = { lists: new Map([['mine', mine]]), radii: { pdq: 31, blockhash: 24 }, version: '1', hidesOthers: true };
const nothing = () => {};
// The bench uses the parts of a matcher that a query without a match reaches; the others would need a database.
const matcher = new Matcher({
  index,
  listCache: { matchable: () => matchable, versionFor: () => '1' },
  follower: { assertUsable: nothing, freshness: () => ({ version: '1', ageMs: 0 }), loads: 0 },
  verdictLog: { count: nothing },
  queryRetention: { offer: nothing },
  longWork: new LongWork(),
} as unknown as ConstructorParameters<typeof Matcher>[0]);

const itemsNear = (hex: string) =>
  Array.from({ length: batch }, (_, at) => ({
    requestId: `${at}`,
    hashes: {
      pdq: [{ value: flipBits(hex, 8, random) as Pdq, quality: 100, orientation: 'identity' as const, variant: 'full' }],
    },
  }));

async function timeOf(items: ReturnType<typeof itemsNear>): Promise<number> {
  const since = performance.now();
  const verdicts = await matcher.matchMany(caller, items);
  const took = performance.now() - since;
  if (verdicts.some(({ verdict }) => verdict !== 'no_known_match')) throw new Error('a hidden entry was told');
  return took * 1_000;
}

/** Microseconds, 99 %. */
function interval(known: readonly number[], unknown: readonly number[]): [number, number] {
  const draw = (from: readonly number[]) => Array.from(from, () => from[Math.floor(random() * from.length)] ?? 0);
  const differences = Array.from({ length: 400 }, () => median(draw(known)) - median(draw(unknown))).sort((a, b) => a - b);
  return [percentile(differences, 0.005), percentile(differences, 0.995)];
}

const rows: TimingResults['rows'] = [];
for (const entries of [0, 1, 30]) {
  const [hidden, absent] = [randomHash(random), randomHash(random)];
  for (let at = 0; at < entries; at++) add(flipBits(hidden, at % 5, random), 'hidden');
  // The last second has built the tables that hold these.
  await index.drained();
  const [near, far] = [itemsNear(hidden), itemsNear(absent)];
  const [known, unknown]: [number[], number[]] = [[], []];
  for (let sample = 0; sample < samples + 200; sample++) {
    // In turns, and each first every second time.
    const [first, second] = sample % 2 === 0 ? [near, far] : [far, near];
    const times = [await timeOf(first), await timeOf(second)] as const;
    if (sample < 200) continue;
    known.push(times[sample % 2] ?? 0);
    unknown.push(times[1 - (sample % 2)] ?? 0);
  }
  const row = { entries, near: median(known), far: median(unknown), interval: interval(known, unknown) };
  rows.push(row);
  console.log(JSON.stringify(row));
}
await index.close();
await workers.close();
await writeResult('timing.json', {
  environment: describeEnvironment('One process, one worker.'),
  samples,
  batch,
  rows,
} satisfies TimingResults);
await writeReport();
