import { Command } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';

export interface Options {
  readonly hashes: number;
  readonly radius: number;
  readonly queries: number;
  readonly json: boolean;
  readonly embedded: boolean;
  readonly suite: 'none' | 'usual' | 'full';
}

const help = {
  hashes: 'stored hashes',
  radius: 'search radius in bits',
  queries: 'different queries',
  json: 'print one JSON document',
  embedded: 'also measure pgvector, in an embedded database or in DATABASE_URL if it is set',
  suite: 'measure 100 000 to 4 300 000 hashes ("full": up to 10 000 000) and write bench/results/index.json and BENCH.md',
};

export function readOptions(argv: readonly string[]): Options {
  const given = new Command('npm run bench:index --')
    .option('--hashes <n>', help.hashes, wholeNumber(1_000, 12_000_000), 1_000_000)
    .option('--radius <r>', help.radius, wholeNumber(0, 63), 31)
    .option('--queries <q>', help.queries, wholeNumber(10, 100_000), 2_000)
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
