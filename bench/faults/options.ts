import { Command, Option } from 'commander';
import { type DatabaseKind, databases } from './results.js';

export interface FaultOptions {
  /** Names of scenarios; undefined: all. */
  readonly only: readonly string[] | undefined;
  readonly database: DatabaseKind;
}

export function readOptions(names: readonly string[], argv?: readonly string[]): FaultOptions {
  return new Command('npm run bench:faults --')
    .addOption(new Option('--only <name...>', 'run these scenarios only').choices(names))
    .addOption(
      new Option('--database <kind>', 'postgres uses the server of DATABASE_URL or VIGIE_TEST_DATABASE_URL')
        .choices(databases)
        .default('embedded'),
    )
    .parse(argv)
    .opts<FaultOptions>();
}
