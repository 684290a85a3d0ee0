/** `npm run bench:soak`: changes and searches an index at the same time. Exit code 1 if an answer is wrong. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';
import { Progress } from '../../src/cli/progress.js';
import { MemoryIndex } from '../../src/index/memory.js';
import { startIndexWorkerPool } from '../../src/index/worker-pool.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { randomFrom, randomHashes } from '../random.js';
import { entryOf, pagesOf } from './indexed-entries.js';
import type { SoakResults } from './results.js';
import { SoakModel } from './soak-model.js';

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');
const workerCount = 2;
const radius = 31;
/** The main thread searches the small batches, the workers search the large ones. */
const batchSizes = [1, 4, 64];
const readers = 6;
const hashesPerWrite = 40;

const { minutes, hashes } = new Command('npm run bench:soak --')
  .option('--minutes <m>', 'duration in minutes, 1 to 60', wholeNumber(1, 60), 3)
  .option('--hashes <n>', 'hashes in the index', wholeNumber(1_000, 12_000_000), 300_000)
  .parse(process.argv)
  .opts<{ minutes: number; hashes: number }>();

const results = await soak();
console.log(JSON.stringify(results, null, 2));
await writeResult('soak.json', results);
await writeReport();
process.exit(results.wrong > 0 ? 1 : 0);

async function soak(): Promise<SoakResults> {
  const environment = describeEnvironment('Writer, searches and workers share the cores.');
  const workers = await startIndexWorkerPool(workerCount);
  const counts = { searches: 0, additions: 0, removals: 0, compactions: 0 };
  const counted: typeof workers = {
    ...workers,
    async compact(task) {
      await workers.compact(task);
      counts.compactions++;
    },
  };
  const index = new MemoryIndex(counted, fail);
  const initial = randomHashes(hashes, randomFrom(1));
  const model = new SoakModel(initial);
  await index.load(pagesOf(initial), hashes);
  const startedAt = performance.now();
  const stopAt = startedAt + minutes * 60_000;
  const progress = new Progress('searches', undefined);
  const resident = [residentMiB()];
  const measure = () => {
    const tenths = (performance.now() - startedAt) / (minutes * 6_000);
    if (tenths >= resident.length && resident.length <= 10) resident.push(residentMiB());
  };
  const write = async () => {
    const random = randomFrom(2);
    while (performance.now() < stopAt) {
      for (const { ordinal, value } of model.add(hashesPerWrite, random)) index.add(entryOf(ordinal, value));
      index.remove(model.remove(hashesPerWrite, random));
      counts.additions += hashesPerWrite;
      counts.removals += hashesPerWrite;
      measure();
      await index.drained();
      await nextTurn();
    }
  };
  const read = async (reader: number) => {
    const random = randomFrom(100 + reader);
    const size = batchSizes[reader % batchSizes.length] ?? 1;
    while (performance.now() < stopAt) {
      const questions = Array.from({ length: size }, () => model.ask(radius, random));
      const began = model.now;
      const answers = await index.search(
        'pdq',
        questions.map(({ hex }) => hex),
        radius,
      );
      for (const [at, question] of questions.entries()) model.check(question, answers[at] ?? [], began);
      counts.searches += size;
      progress.advance(size);
      await nextTurn();
    }
  };
  await Promise.all([write(), ...Array.from({ length: readers }, (_, reader) => read(reader))]);
  progress.finish();
  measure();
  await index.close();
  await workers.close();
  return { environment, minutes, hashes, workers: workerCount, ...counts, wrong: model.wrong, residentMiB: resident };
}

/** Collects garbage first: what V8 has not collected yet is no leak. */
function residentMiB(): number {
  collectGarbage();
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}

function fail(error: unknown): never {
  console.error(error);
  process.exit(1);
}
