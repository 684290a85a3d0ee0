import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';
import { entriesOfLargeList } from './ladder.js';

export interface Options {
  readonly originals: number;
  readonly unrelated: number;
  readonly tempting: number;
  readonly indexed: number;
  readonly edits: string;
  readonly images: string | undefined;
  readonly json: boolean;
}

const help = {
  originals: 'pictures to enrol and edit (default: 110)',
  unrelated: 'unrelated pictures to compare with each other for false positives (default: 1500)',
  tempting: 'seeds of each kind of pair that tempts a removal (default: 9)',
  indexed: 'random hashes of each kind to search for the cost of a rung (default: 1000000)',
  edits: 'only use edits whose kind or name contains this text; write no result',
  images: 'use the photographs of this folder',
  quick: 'use 12 originals, 60 unrelated pictures, 1 seed and 10000 hashes; write no result',
  json: 'print one JSON document; write no result',
};

export function readOptions(argv: readonly string[]): Options & { readonly writes: boolean } {
  const { quick, ...given } = new Command('npm run bench:robustness --')
    .option('--originals <n>', help.originals, wholeNumber(1, 2_000))
    .option('--unrelated <n>', help.unrelated, wholeNumber(0, 5_000))
    .option('--tempting <n>', help.tempting, wholeNumber(0, 1_000))
    .option('--indexed <n>', help.indexed, wholeNumber(1, 10_000_000))
    .option('--edits <text>', help.edits, '')
    .option('--images <dir>', help.images)
    .option('--quick', help.quick, false)
    .option('--json', help.json, false)
    .parse(argv)
    .opts<Given>();
  return {
    originals: given.originals ?? (quick ? 12 : 110),
    unrelated: given.unrelated ?? (quick ? 60 : 1_500),
    tempting: given.tempting ?? (quick ? 1 : 9),
    indexed: given.indexed ?? (quick ? 10_000 : entriesOfLargeList),
    edits: given.edits,
    images: given.images,
    json: given.json,
    writes: !quick && !given.json && given.edits === '',
  };
}

interface Given {
  originals?: number;
  unrelated?: number;
  tempting?: number;
  indexed?: number;
  edits: string;
  images?: string;
  quick: boolean;
  json: boolean;
}
