import { Command, InvalidArgumentError } from 'commander';

export interface Options {
  readonly originals: number;
  readonly unrelated: number;
  /** Only edits whose kind or name contains this. */
  readonly edits: string;
  /** A folder of photographs instead of those of the packages. */
  readonly images: string | undefined;
  /** Print the result instead of writing bench/results/robustness.json and BENCH.md. */
  readonly json: boolean;
}

const help = {
  originals: 'pictures that are enrolled and edited (default: 110)',
  unrelated: 'pictures compared with one another for false positives (default: 1500)',
  edits: 'only edits whose kind or name contains this text; writes no result',
  images: 'take photographs from this folder',
  quick: '12 originals, 60 unrelated pictures; writes no result',
  json: 'print one JSON document; writes no result',
};

/** Reads the command line; ends the process with a message when it is wrong. */
export function readOptions(argv: readonly string[]): Options & { readonly writes: boolean } {
  const { quick, ...given } = new Command('npm run bench:robustness --')
    .option('--originals <n>', help.originals, (text) => whole(text, 1, 2_000))
    .option('--unrelated <n>', help.unrelated, (text) => whole(text, 0, 5_000))
    .option('--edits <text>', help.edits, '')
    .option('--images <dir>', help.images)
    .option('--quick', help.quick, false)
    .option('--json', help.json, false)
    .parse(argv)
    .opts<Given>();
  return {
    originals: given.originals ?? (quick ? 12 : 110),
    unrelated: given.unrelated ?? (quick ? 60 : 1_500),
    edits: given.edits,
    images: given.images,
    json: given.json,
    writes: !quick && !given.json && given.edits === '',
  };
}

interface Given {
  originals?: number;
  unrelated?: number;
  edits: string;
  images?: string;
  quick: boolean;
  json: boolean;
}

function whole(text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  return value;
}
