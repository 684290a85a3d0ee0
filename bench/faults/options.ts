import { Command, Option } from 'commander';
import { wholeNumber } from '../../src/cli/options.js';
import { type DatabaseKind, databases } from './results.js';

export interface FaultOptions {
  /** Names of scenarios; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly database: DatabaseKind;
  readonly rounds: number | undefined;
  readonly minutes: number | undefined;
}

export function readOptions(names: readonly string[], argv?: readonly string[]): FaultOptions {
  return new Command('npm run bench:faults --')
    .addOption(new Option('--only <name...>', 'run these scenarios only').choices(names))
    .addOption(
      new Option('--database <kind>', 'postgres uses the server of DATABASE_URL or VIGIE_TEST_DATABASE_URL')
        .choices(databases)
        .default('embedded'),
    )
    .addOption(new Option('--rounds <n>', 'do the harm this often, for a quick check').argParser(wholeNumber(1, 100_000)))
    .addOption(new Option('--minutes <n>', 'then do no more harm').argParser(wholeNumber(1, 100_000)))
    .parse(argv)
    .opts<FaultOptions>();
}
