/** `npm run fuzz:images`: mutated files of every format, through the real imaging processes; it ends with 1 when something gave way. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Decoder, decoders, startImaging } from '../../src/imaging/client.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { corpus } from './corpus.js';
import { fuzz, mutant } from './fuzz.js';
import type { FuzzRun } from './results.js';
import { fuzzSection } from './section.js';

/** A run from which BENCH.md may quote. */
const reportedCount = 20_000;

const options = new Command('npm run fuzz:images --')
  .option('--count <n>', 'files for each decoder', whole, 1_000)
  .option('--seed <s>', 'another seed, other files', whole, 1)
  .addOption(new Option('--decoder <name>', 'one decoder alone').choices(decoders))
  .option('--images <folder>', 'mutate the files of this folder as well')
  .option('--only <index>', 'hash the file of this index alone, and leave it in the folder for temporary files', whole)
  .addHelpText(
    'after',
    `\nWith both decoders and ${reportedCount} files or more, bench/results/fuzz.json and BENCH.md are written.`,
  )
  .parse()
  .opts<{ count: number; seed: number; decoder?: Decoder; images?: string; only?: number }>();

/** Over 20 000 files it grew by 32 MiB (native) and 48 (wasm), as the sizes of the last images have it. */
const maxGrowthMiB = 256;

const originals = await corpus(options.images);
const chosen: readonly Decoder[] = options.decoder ? [options.decoder] : decoders;
process.exit(options.only === undefined ? await run() : await replay(options.only));

async function run(): Promise<number> {
  const { seed, count } = options;
  const environment = describeEnvironment('One imaging process a core.');
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

/** Any crash, hang, or memory that goes on growing after the first tenth. */
function isFaulty({ crashes, ended, unreproduced, rejected, leftBehind, memoryMiB }: FuzzRun): boolean {
  const lost = crashes.length + ended.length + unreproduced + rejected + leftBehind;
  return lost > 0 || memoryMiB.end - memoryMiB.early > maxGrowthMiB;
}

async function replay(index: number): Promise<number> {
  const { name, bytes } = mutant(originals, options.seed, index);
  const path = join(tmpdir(), `fuzz-${options.seed}-${index}`);
  writeFileSync(path, bytes);
  console.log(`${path}: made from ${name}, ${bytes.length} bytes`);
  for (const decoder of chosen) {
    const imaging = startImaging({ decoder, children: 1, log: { warn: (details) => console.log(decoder, details) } });
    console.log(decoder, await imaging.hash(bytes));
    await imaging.close();
  }
  return 0;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number up to 999999999');
  return Number(text);
}
