import { Command, InvalidArgumentError } from 'commander';

export interface Options {
  readonly hashes: number;
  readonly radius: number;
  readonly queries: number;
  /** Print the document instead of a table. */
  readonly json: boolean;
  /** pgvector in an embedded database; with DATABASE_URL, in that one. */
  readonly embedded: boolean;
  readonly suite: 'none' | 'usual' | 'full';
}

const help = {
  hashes: 'stored hashes (default: 1000000)',
  radius: 'bits (default: 31)',
  queries: 'different queries (default: 2000)',
  json: 'print one JSON document',
  embedded: 'measure pgvector too, in an embedded database (with DATABASE_URL: in that one)',
  suite: 'measure 100 000 to 4 300 000 hashes (full: and 10 000 000) and write bench/results/index.json and BENCH.md',
};

/** Reads the command line; ends the process with a message when it is wrong. */
export function readOptions(argv: readonly string[]): Options {
  const given = new Command('npm run bench:index --')
    .option('--hashes <n>', help.hashes, (text) => whole(text, 1_000, 12_000_000), 1_000_000)
    .option('--radius <r>', help.radius, (text) => whole(text, 0, 63), 31)
    .option('--queries <q>', help.queries, (text) => whole(text, 10, 100_000), 2_000)
    .option('--json', help.json, false)
    .option('--embedded', help.embedded, false)
    .option('--suite [size]', help.suite)
    .parse(argv)
    .opts<Given>();
  const { suite, ...rest } = given;
  return { ...rest, suite: suite === 'full' ? 'full' : suite ? 'usual' : 'none' };
}

interface Given extends Omit<Options, 'suite'> {
  suite?: string | true;
}

function whole(text: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}`);
  return value;
}
