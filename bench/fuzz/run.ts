/** `npm run fuzz:images`: sends mutated files of every format through the imaging processes. Exit code 1 if one of them fails. */
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';
import { type Decoder, decoders, startImaging } from '../../src/imaging/client.js';
import { describeEnvironment } from '../environment.js';
import { writeReport, writeResult } from '../files.js';
import { corpus, type OtherFormat, otherFormatNames } from './corpus.js';
import { fuzz, mutant } from './fuzz.js';
import type { FuzzRun } from './results.js';
import { fuzzSection } from './section.js';

const reportedCount = 20_000;

const whole = wholeNumber(0, 999_999_999);
const options = new Command('npm run fuzz:images --')
  .option('--count <n>', 'number of mutated files per decoder and format', whole, 1_000)
  .option('--seed <s>', 'seed; another seed gives other files', whole, 1)
  .addOption(new Option('--decoder <name>', 'test only this decoder').choices(decoders))
  .addOption(new Option('--format <name>', 'mutate only files of this format').choices(otherFormatNames))
  .option('--images <folder>', 'also mutate the files of this folder')
  .option('--only <index>', 'only hash the file with this index, and keep it in the folder for temporary files', whole)
  .addHelpText(
    'after',
    `\nA run with both decoders, without --format and with at least ${reportedCount} files writes bench/results/fuzz.json and BENCH.md.
It then mutates as many files again of each format that sharp does not decode alone.`,
  )
  .parse()
  .opts<{ count: number; seed: number; decoder?: Decoder; format?: OtherFormat; images?: string; only?: number }>();

/** Measured growth over 20 000 files: 32 MiB (native) and 48 MiB (wasm). */
const maxGrowthMiB = 256;

const originals = (await corpus(options.images)).filter(({ format }) => !options.format || format === options.format);
const chosen: readonly Decoder[] = options.decoder ? [options.decoder] : decoders;
const isReported = !options.decoder && !options.format && options.count >= reportedCount;
process.exit(options.only === undefined ? await run() : await replay(options.only));

async function run(): Promise<number> {
  const { seed, count } = options;
  const environment = describeEnvironment('One imaging process per core.');
  const runs: FuzzRun[] = [];
  const onProgress = (what: string) => (done: number) =>
    done % 1_000 === 0 && console.error(`fuzz: ${what}, ${done} of ${count}`);
  for (const decoder of chosen) {
    const { format } = options;
    runs.push({
      ...(await fuzz(originals, { decoder, seed, count, onProgress: onProgress(decoder) })),
      ...(format && { format }),
    });
  }
  for (const format of isReported ? otherFormatNames : []) {
    const some = originals.filter((original) => original.format === format);
    // Their decoders are the same beside both of sharp's.
    runs.push({ ...(await fuzz(some, { decoder: 'native', seed, count, onProgress: onProgress(format) })), format });
  }
  console.log(fuzzSection({ environment, runs }));
  if (isReported) {
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
