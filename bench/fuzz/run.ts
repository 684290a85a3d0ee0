/** `npm run fuzz:images`: sends mutated files of every format through the imaging processes. Exit code 1 if one of them fails. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';
import { type Decoder, decoders, startImaging } from '../../src/imaging/client.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { corpus } from './corpus.js';
import { fuzz, mutant } from './fuzz.js';
import type { FuzzRun } from './results.js';
import { fuzzSection } from './section.js';

const reportedCount = 20_000;

const whole = wholeNumber(0, 999_999_999);
const options = new Command('npm run fuzz:images --')
  .option('--count <n>', 'number of mutated files per decoder', whole, 1_000)
  .option('--seed <s>', 'seed; another seed gives other files', whole, 1)
  .addOption(new Option('--decoder <name>', 'test only this decoder').choices(decoders))
  .option('--images <folder>', 'also mutate the files of this folder')
  .option('--only <index>', 'only hash the file with this index, and keep it in the folder for temporary files', whole)
  .addHelpText(
    'after',
    `\nA run with both decoders and at least ${reportedCount} files writes bench/results/fuzz.json and BENCH.md.`,
  )
  .parse()
  .opts<{ count: number; seed: number; decoder?: Decoder; images?: string; only?: number }>();

/** Measured growth over 20 000 files: 32 MiB (native) and 48 MiB (wasm). */
const maxGrowthMiB = 256;

const originals = await corpus(options.images);
const chosen: readonly Decoder[] = options.decoder ? [options.decoder] : decoders;
process.exit(options.only === undefined ? await run() : await replay(options.only));

async function run(): Promise<number> {
  const { seed, count } = options;
  const environment = describeEnvironment('One imaging process per core.');
  const runs: FuzzRun[] = [];
  for (const decoder of chosen) {
    const onProgress = (done: number) => done % 1_000 === 0 && console.error(`fuzz: ${decoder}, ${done} of ${count}`);
    runs.push(await fuzz(originals, { decoder, seed, count, onProgress }));
  }
  console.log(fuzzSection({ environment, runs }));
  if (chosen.length === decoders.length && count >= reportedCount) {
    await writeResult('fuzz.json', { environment, runs });
    await writeReport();
  }
  return runs.some(isFaulty) ? 1 : 0;
}

function isFaulty({ crashes, killed, unreproduced, rejected, leftBehind, memoryMiB }: FuzzRun): boolean {
  const lost = crashes.length + killed.length + unreproduced + rejected + leftBehind;
  return lost > 0 || memoryMiB.end - memoryMiB.early > maxGrowthMiB;
}

async function replay(index: number): Promise<number> {
  const { name, bytes } = mutant(originals, options.seed, index);
  const path = join(tmpdir(), `fuzz-${options.seed}-${index}`);
  writeFileSync(path, bytes);
  console.log(`${path}: ${bytes.length} bytes, mutated from ${name}`);
  for (const decoder of chosen) {
    const imaging = startImaging({ decoder, children: 1, log: { warn: (details) => console.log(decoder, details) } });
    console.log(decoder, await imaging.hash(bytes));
    await imaging.close();
  }
  return 0;
}
