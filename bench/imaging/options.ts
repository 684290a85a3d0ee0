import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';

export interface Options {
  readonly images: number;
  readonly runs: number;
  readonly photographs: string;
  readonly json: boolean;
}

const help = {
  images: 'images to hash while memory is measured',
  runs: 'runs of each step at 640x480; larger images get fewer runs',
  photographs: 'folder of photographs for blockhash distances; skipped if it does not exist',
  json: 'print one JSON document; do not write results or BENCH.md',
};

export function readOptions(argv: readonly string[]): Options {
  return new Command('npm run bench:imaging --')
    .option('--images <n>', help.images, wholeNumber(10, 1_000_000), 10_000)
    .option('--runs <n>', help.runs, wholeNumber(5, 10_000), 200)
    .option('--photographs <folder>', help.photographs, '/usr/share/backgrounds')
    .option('--json', help.json, false)
    .parse(argv)
    .opts<Options>();
}
